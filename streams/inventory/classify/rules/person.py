"""Persons: who they are, and how to reach them."""

from __future__ import annotations

from functools import partial

from streams.inventory.classify.base import CODES, DENIED, NUMBERS, TEXT, Beside, Rule, words
from streams.inventory.classify.dates import birth_day
from streams.inventory.classify.detectors import (
    DIGITS,
    among,
    any_word_among,
    between,
    each,
    either,
    key_like,
    matching,
    short_text,
    tag_of,
)
from streams.inventory.classify.formats import (
    any_digit,
    chinese_name,
    dated_identity,
    email,
    lettered_identity,
    name_like,
    national_id,
    phone_numbers,
    secret,
)
from streams.inventory.classify.siblings import ITEM_DETAILS, ITEM_SIGNS, ORDER_SIGNS, PERSON_SIGNS
from streams.inventory.masking import checks
from streams.inventory.masking.finders import may_hold_secret

#: Words for the person on the other side of the counter.
PERSON = (
    "customer|user|buyer|member|client|visitor|shopper|consumer|purchaser|guest|subscriber|account|profile"
)
#: Words that, before "name", mean a person.
NAMED = (
    f"{PERSON}|recipient|receiver|consignee|contact|person|employee|cardholder|holder|payer|passenger|patient"
    "|reviewer|author|owner|student|staff|applicant|billing|shipping|real|artist|director|driver|salesperson|courier"
    "|ship|bill|delivery|sender|payee|beneficiary|guardian|address"
)

_GENDERS = words(
    "male female man woman boy girl nonbinary non_binary other unknown unisex herr frau divers männlich weiblich "
    "monsieur madame mademoiselle homme femme hombre mujer señor señora sr sra sr. sra. signore signora uomo donna "
    "dhr mevrouw homem mulher masculino femenino masculin féminin 男 女 男性 女性 未知 保密 先生 女士 小姐"
)
_PLAIN_GENDERS = words("male female nonbinary non_binary 男 女 男性 女性")
_GENDER_CODES = words("m f u o x d h v 0 1 2 9 w mr mrs ms miss dr mr. mrs. ms. dr. mx prof")
_AGE_BAND = (
    r"(?:<|>|under |over )?[0-9]{1,3}(?: ?(?:-|–|~|to|至) ?[0-9]{1,3}| ?\+)?"
    r"(?: ?(?:years|yrs|y|岁|岁以上|岁以下))?"
)
_PLATE = (
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·• ]?"
    r"[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]"
)
_OCCUPATIONS = words(
    "student teacher nurse doctor engineer lawyer technician librarian writer artist executive scientist "
    "programmer salesman homemaker retired accountant chef driver manager 学生 教师 护士 医生 工程师 "
    "律师 程序员 销售 退休 会计 司机 经理"
)

RULES = [
    Rule(
        type="user_id",
        names={
            f"{PERSON} id|number|code|key|pk|identifier|uuid|reference": 0.95,
            "user pseudo id": 0.95,
            "reviewer id|number": 0.9,
            "anonymous|distinct|person|people id": 0.9,
            "bank|merchant|ledger|adwords account id|number|code": DENIED,
            "open|union id|openid|unionid": 0.85,
            "openid|unionid": 0.85,
            "user|customer|member|buyer|visitor": 0.6,
        },
        fits=key_like,
        accepts=CODES,
        need=0.8,
        beside=(Beside(PERSON_SIGNS, 0.35),),
    ),
    Rule(
        type="user_id",
        names={"= id": 0.3},
        fits=key_like,
        accepts=CODES,
        need=0.8,
        beside=(Beside(PERSON_SIGNS, 0.35), Beside(ITEM_DETAILS, -0.35), Beside(ORDER_SIGNS, -0.1)),
    ),
    Rule(
        type="person_name",
        names={
            f"{NAMED} name": 0.9,
            "first|last|given|family|full|middle|maiden|real name": 0.95,
            "surname|firstname|lastname|fullname": 0.95,
            "customer|buyer first|last name": 0.97,
            "consignee|receiver|recipient|addressee|cardholder|salesperson": 0.7,
            "contact person": 0.8,
            "contact": 0.6,
            "ship|bill|sold to": 0.6,
            "account|policy holder": 0.7,
            "customer|buyer|client|passenger|patient|employee|guest|payer": 0.55,
            "author|artist|director|reviewer|assignee|requester|signatory": 0.6,
            "delivery|proof|pod signature": 0.6,
            "signed|received|approved by": 0.6,
        },
        fits=each(name_like),
        need=0.7,
    ),
    Rule(
        type="person_name",
        names={"= name": 0.4, "^ name": 0.25},
        fits=each(name_like),
        need=0.7,
        beside=(
            Beside(PERSON_SIGNS, 0.4),
            Beside(ITEM_SIGNS, -0.35),
            # The family name of who has a first name, too: the French and the Spanish call it "name".
            Beside(frozenset({"person_name"}), 0.5),
            Beside(frozenset({"item_name"}), 0.2),
        ),
    ),
    Rule(
        type="person_name",
        form=each(chinese_name),
        says="are two to four characters that begin with a common Chinese surname",
        proof=0.85,
        least=5,
        at=0.6,
        chance=0.15,
    ),
    Rule(
        type="gender",
        names={"gender|sex": 0.97, "salutation|honorific": 0.85},
        form=either(among(_GENDERS), among(_GENDER_CODES)),
        says="are words or codes of genders",
        accepts=CODES,
        need=0.7,
    ),
    Rule(type="gender", form=among(_PLAIN_GENDERS), says="are words for genders", proof=0.9),
    Rule(
        type="age",
        names={"age": 0.95, "age group|band|range|year|bucket|segment": 0.95},
        form=either(matching(_AGE_BAND), between(0, 120, whole=True)),
        says="are whole years up to 120 or bands of them",
        fits=either(matching(_AGE_BAND), between(0, 120)),
        accepts=CODES,
        need=0.85,
    ),
    Rule(
        type="birth_date",
        names={
            "birth date|day|year|month": 0.97,
            "date|year of birth": 0.97,
            "born|birth": 0.97,
            "born on": 0.97,
        },
        form=each(birth_day),
        says="are dates on which a person can be born",
        # Change data capture writes dates as days or milliseconds since 1970.
        fits=either(each(birth_day), between(-60_000, 4.2e12, whole=True)),
        accepts=CODES,
        need=0.5,
    ),
    Rule(
        type="occupation",
        names={"occupation|profession": 0.95, "job title|name": 0.85, "job|career|vocation": 0.7},
        form=any_word_among(_OCCUPATIONS),
        says="name an occupation",
        fits=short_text(80, 10),
    ),
    Rule(
        type="national_id",
        names={
            "identity number|card|code|document": 0.95,
            "identity card number": 0.97,
            "id card": 0.95,
            "id card number": 0.97,
            "national|citizen|resident|citizenship|government id|number|identifier": 0.95,
            "national|resident identity|identification number|card": 0.97,
            "social security number": 0.97,
            "tax payer|personal id|number": 0.8,
            "tax payer id|number": 0.95,
            "national|personal identity code": 0.97,
            "ssn|cpf|dni|nif|nino|aadhaar|pesel|bsn|personnummer|nric": 0.95,
            "taxvat": 0.7,
        },
        form=either(each(national_id, hint=any_digit), tag_of("national_id")),
        says="are identity numbers with a valid check digit",
        fits=matching(r"(?=.{0,30}[0-9*])[0-9A-Za-z* ./-]{5,30}"),
        accepts=CODES,
        need=0.5,
    ),
    Rule(
        type="national_id",
        form=either(each(checks.resident_id), tag_of("national_id")),
        says="are Chinese resident identity numbers with a valid birth date and check digit",
        accepts=CODES,
        proof=0.98,
        at=0.6,
        chance=1e-4,
    ),
    Rule(
        type="national_id",
        form=matching(r"(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}", needs="-"),
        says="have the form of a US social security number",
        proof=0.8,
        least=3,
        chance=0.1,
    ),
    Rule(
        type="national_id",
        form=each(lettered_identity, DIGITS),
        says="are British, Italian or Spanish identity numbers, or Swedish or French ones with a birth date, and valid",
        accepts=CODES,
        proof=0.9,
        least=2,
        chance=0.1,
    ),
    Rule(
        type="national_id",
        form=each(dated_identity),
        says="are Polish identity numbers with a birth date and a valid check digit",
        accepts=CODES,
        proof=0.9,
        least=3,
        at=0.95,
        chance=0.1,
    ),
    Rule(
        type="passport_number",
        names={"passport number|id|code|document": 0.97, "passport": 0.9},
        fits=matching(r"(?=.{0,14}[0-9])[0-9A-Za-z -]{6,15}"),
        accepts=CODES,
    ),
    Rule(
        type="driver_license",
        names={"driver|driving license|licence": 0.95, "driver|driving license|licence number|id|code": 0.97},
        fits=matching(r"(?=.{0,29}[0-9])[0-9A-Za-z -]{5,30}"),
        accepts=CODES,
    ),
    Rule(
        type="email",
        names={
            "email": 0.97,
            "email address|id|account": 0.97,
            "e mail": 0.97,
            "mail": 0.8,
            "mail address": 0.9,
        },
        form=either(each(email, needs="@"), tag_of("email")),
        says="are valid e-mail addresses",
        need=0.3,
        proof=0.98,
        at=0.6,
    ),
    Rule(
        type="phone",
        names={
            "phone|mobile|fax|cellular|msisdn|whatsapp": 0.95,
            "phone|mobile|fax|contact|whatsapp number": 0.97,
            "mobile phone": 0.97,
            "mobile phone number": 0.97,
        },
        form=either(phone_numbers, tag_of("phone")),
        says="have the form of phone numbers",
        fits=matching(r"(?=.{0,39}[0-9*])[0-9A-Za-z +().*/#,;-]{5,40}"),
        accepts=CODES,
        need=0.4,
        proof=0.88,
        at=0.7,
        chance=0.1,
    ),
    Rule(
        type="social_handle",
        names={
            "nickname|username|nick|wechat|weixin|weibo|qq|skype|twitter|instagram|tiktok|douyin": 0.9,
            "wechat|weixin|weibo|qq|skype|telegram|alipay|paypal id|number|account|name": 0.92,
            "line account|name": 0.8,  # the id of a line is that of an order's
            "display|screen|login|nick|user name": 0.8,
            "member|buyer|customer|account|reviewer|author|seller name|nickname|account": 0.62,
            "reviewer|author": 0.55,
            "created|changed|updated|modified|approved|reviewed by": 0.6,
            "login": 0.6,
            "social|twitter|instagram handle": 0.9,
            "handle": 0.35,
        },
        form=matching(r"@[A-Za-z0-9_.]{2,30}", needs="@"),
        says="are account names that begin with @",
        fits=short_text(64, 5),
        accepts=CODES,
        need=0.5,
        proof=0.85,
        least=2,
        beside=(Beside(ITEM_SIGNS | ORDER_SIGNS, -0.1),),
    ),
    Rule(
        type="social_handle",
        names={"qq": 0.85, "qq number|id": 0.92, "wechat|weixin|alipay id|number|account": 0.92},
        fits=matching(r"[0-9]{5,12}"),
        accepts=NUMBERS,
    ),
    Rule(
        type="bank_card",
        names={
            "card|pan number": 0.9,
            "bank|credit|debit|payment card": 0.9,
            "bank|credit|debit|payment card number": 0.97,
            "pan": 0.6,
        },
        form=either(each(checks.bank_card, DIGITS), tag_of("bank_card")),
        says="are card numbers of a known issuer with a valid check digit",
        fits=matching(r"(?=.{0,25}[0-9*X])[0-9*X -]{12,26}"),
        accepts=CODES,
        need=0.5,
        proof=0.97,
        at=0.8,
        chance=0.1,
    ),
    Rule(
        type="bank_account",
        names={"bank account": 0.95, "bank account number|code": 0.97, "iban": 0.97, "account number": 0.6},
        form=either(each(checks.iban, DIGITS), tag_of("bank_account")),
        says="are IBANs with valid check digits",
        fits=matching(r"(?=.{0,35}[0-9*])[0-9A-Za-z* -]{6,36}"),
        accepts=CODES,
        need=0.6,
        proof=0.98,
        at=0.7,
        chance=0.005,
    ),
    Rule(
        type="vehicle_plate",
        names={
            "license|licence|number|car|vehicle plate": 0.95,
            "license|licence|car|vehicle plate number": 0.97,
            "plate number": 0.95,
            "plate": 0.6,
        },
        form=matching(_PLATE),
        says="are Chinese licence plates",
        fits=short_text(12, 3),
        proof=0.95,
        at=0.7,
    ),
    Rule(
        type="password_or_token",
        form=either(each(secret, hint=partial(may_hold_secret, keys=True)), tag_of("password_or_token")),
        says="are tokens or keys of well-known services",
        proof=0.98,
        at=0.6,
    ),
    Rule(
        type="password_or_token",
        names={
            "password|passphrase|secret|passcode": 0.95,
            "password hash|digest|salt": 0.95,
            "password md 5|6": 0.98,
            "password sha 1|256|512": 0.98,
        },
        fits=each(lambda text: len(text) >= 3 and len(text.split()) <= 3),
        accepts=CODES,
    ),
    Rule(
        type="password_or_token",
        names={
            "cvv|cvc|cvn|csc|otp": 0.95,
            "card security|verification code": 0.97,
            "one time password|code": 0.95,
            "sms|login|verification code": 0.85,
            "card|bank pin": 0.95,
            "pin": 0.85,
        },
        fits=each(lambda text: text.isalnum() and 3 <= len(text) <= 10),
        accepts=CODES,
    ),
    Rule(
        type="password_or_token",
        names={
            "access|refresh|auth|bearer|api|security|csrf|session|login|reset|user token": 0.93,
            "api|secret|private|access key": 0.93,
            "client|api secret": 0.95,
            "token|jwt|credential|authorization|apikey": 0.8,
        },
        fits=each(lambda text: len(text) >= 8 and len(text.split()) <= 2),
        accepts=TEXT,
    ),
]
