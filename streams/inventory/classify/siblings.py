"""What the other fields of an object tell: sets of types by which ambiguous names, such as ``name``, are read."""

from __future__ import annotations

#: Types of fields that only an object about a person has.
PERSON_SIGNS = frozenset(
    {
        "email",
        "phone",
        "age",
        "gender",
        "birth_date",
        "occupation",
        "national_id",
        "bank_card",
        "social_handle",
    }
)
#: Types of fields that an object about an item has.
ITEM_SIGNS = frozenset(
    {"item_id", "sku", "gtin", "price", "brand", "category", "category_code", "color", "size", "material"}
    | {"item_description", "item_model", "availability", "condition", "image_url", "quantity", "attributes"}
)
#: Of these, the types that only a catalogue has: in an order, on a page and in a person's profile there are others.
ITEM_DETAILS = frozenset(
    {"gtin", "item_description", "item_model", "availability", "condition", "image_url", "material"}
)
#: Types of fields that an order or one of its lines has.
ORDER_SIGNS = frozenset({"order_id", "amount", "order_status", "payment_method", "delivery_method"})
#: Types of fields that what people do on a page leaves behind.
BEHAVIOUR_SIGNS = frozenset({"session_id", "event_type", "user_id", "device_id", "position", "label"})
#: Types of fields that a review has.
REVIEW_SIGNS = frozenset({"review_text", "rating"})
