"""Rows of Google Analytics' export, and bodies of its Measurement Protocol."""

from __future__ import annotations

from tests.streams.decode.envelopes.samples.kinds import Sample

EXPORTED = {
    "event_date": "20210131",
    "event_timestamp": "1612069510766593",
    "event_name": "page_view",
    "event_params": [
        {
            "key": "page_title",
            "value": {"string_value": "Home", "int_value": None, "float_value": None, "double_value": None},
        },
        {"key": "ga_session_id", "value": {"int_value": "661084800"}},
        {"key": "engaged", "value": {"int_value": 1}},
        {"key": "value", "value": {"double_value": 21.5}},
        {"key": "none", "value": {}},
    ],
    "user_id": None,
    "user_pseudo_id": "1026454.4271112504",
    "user_properties": [
        {"key": "member", "value": {"string_value": "gold", "set_timestamp_micros": "1612069510766593"}}
    ],
    "device": {"category": "mobile", "operating_system": "iOS"},
    "geo": {"country": "United States"},
    "stream_id": "2100450278",
    "platform": "WEB",
    "app_info": None,
    "items": [
        {
            "item_id": "GGOEGXXX0906",
            "item_name": "Google Tee",
            "price": 18.0,
            "quantity": 1,
            "item_params": [{"key": "color", "value": {"string_value": "red"}}],
        }
    ],
}
EXPORTED_PAYLOAD = {
    **EXPORTED,
    "event_params": {
        "page_title": "Home",
        "ga_session_id": 661084800,
        "engaged": 1,
        "value": 21.5,
        "none": None,
    },
    "user_properties": {"member": "gold"},
    "items": [
        {
            "item_id": "GGOEGXXX0906",
            "item_name": "Google Tee",
            "price": 18.0,
            "quantity": 1,
            "item_params": {"color": "red"},
        }
    ],
}
EXPORTS = (
    Sample(
        EXPORTED, EXPORTED_PAYLOAD, "events", {"source": "WEB 2100450278", "producer": None}, 1612069510766
    ),
    Sample(
        {
            "event_date": "20210131",
            "event_timestamp": 1612069510766593,
            "event_name": "first_open",
            "event_params": [],
            "platform": "ANDROID",
            "stream_id": 1051193346,
            "app_info": {"id": "com.labpixies.flood"},
        },
        {
            "event_date": "20210131",
            "event_timestamp": 1612069510766593,
            "event_name": "first_open",
            "event_params": {},
            "platform": "ANDROID",
            "stream_id": 1051193346,
            "app_info": {"id": "com.labpixies.flood"},
        },
        "events",
        {"source": "ANDROID 1051193346", "producer": "com.labpixies.flood"},
        1612069510766,
    ),
)
NOT_EXPORTS = (
    {"event_name": "click", "event_timestamp": 1612069510766593, "event_params": {"page": "home"}},
    {"event_name": "click", "event_timestamp": 1612069510766593, "event_params": ["page", "home"]},
    {
        "event_name": "click",
        "event_timestamp": "2021-01-31T10:00:00Z",
        "event_params": EXPORTED["event_params"],
    },
    {"event_name": "click", "event_timestamp": 1612069510766593, "event_params": []},
    {"event_name": "click", "event_timestamp": 1612069510766593, "user_id": "u1", "item_id": "i1"},
    {"event_name": 5, "event_timestamp": 1612069510766593, "event_params": EXPORTED["event_params"]},
)

BODY = {
    "client_id": "123456.7654321",
    "user_id": "u-1",
    "timestamp_micros": "1612069510766593",
    "user_properties": {"member": {"value": "gold"}},
    "non_personalized_ads": False,
    "events": [
        {
            "name": "purchase",
            "params": {"transaction_id": "T_12345", "value": 30.03, "items": [{"item_id": "SKU_12345"}]},
        }
    ],
}
BODIES = (
    Sample(
        BODY,
        {
            "client_id": "123456.7654321",
            "user_id": "u-1",
            "timestamp_micros": "1612069510766593",
            "user_properties": {"member": "gold"},
            "non_personalized_ads": False,
            "event_name": "purchase",
            "event_params": BODY["events"][0]["params"],
        },
        "events",
        {},
        1612069510766,
    ),
    Sample(
        {
            "app_instance_id": "A1",
            "events": [{"name": "login"}, {"name": "search", "params": {"search_term": "shoe"}}],
        },
        {
            "app_instance_id": "A1",
            "events": [
                {"event_name": "login", "event_params": {}},
                {"event_name": "search", "event_params": {"search_term": "shoe"}},
            ],
        },
        "event-batches",
        {},
    ),
)
NOT_BODIES = (
    {"client_id": "c1", "events": [{"name": "open day"}], "venue": "hall 3"},
    {"client_id": 5, "events": [{"name": "login"}]},
    {"client_id": "c1", "events": []},
    {"client_id": "c1", "events": ["login"]},
    {"events": [{"name": "login", "params": {}}]},
)
