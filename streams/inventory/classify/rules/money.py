"""Money and orders: prices, amounts, ways to pay and to deliver, statuses."""

from __future__ import annotations

import re

from streams.inventory.classify.base import CODES, DENIED, FLAGS, Beside, Rule, words
from streams.inventory.classify.detectors import (
    DIGITS,
    among,
    any_word_among,
    anything,
    between,
    both,
    each,
    either,
    matching,
    short_text,
    worded,
)
from streams.inventory.classify.siblings import ORDER_SIGNS

_CURRENCIES = words(
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHF CLP CNH CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD "
    "GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD "
    "KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK "
    "NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RMB RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS "
    "SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF "
    "XCD XOF XPF YER ZAR ZMW ZWL"
)
#: Without those that are words.
_SURE_CURRENCIES = _CURRENCIES - {"ALL", "TOP", "TRY", "CUP", "MAD", "MOP"}
_CURRENCY_WORDS = words(
    "$ € £ ¥ ￥ ₹ ₽ ₩ dollar euro pound yen yuan rupee 人民币 美元 欧元 日元 英镑 港币 元"
)
_SIGN = (
    r"(?:(?:US|A|AU|C|CA|HK|NT|R|S|NZ|MX)?[$€£¥￥₹₽₩]|USD|EUR|GBP|CNY|RMB|JPY|CHF|INR|AUD|CAD|HKD|SEK|NOK|DKK|PLN"
    r"|Rs\.?|kr\.?|zł|元|美元|人民币)"
)
_AMOUNT = r"[+-]?[0-9]{1,3}(?:[,. '][0-9]{3}){0,4}(?:[.,][0-9]{1,4})?|[+-]?[0-9]{1,12}(?:[.,][0-9]{1,4})?"
_MONEY = rf"{_SIGN} ?(?:{_AMOUNT})|(?:{_AMOUNT}) ?{_SIGN}"
_PLAIN_OR_MONEY = rf"{_MONEY}|{_AMOUNT}"
_TO = r" ?(?:-|–|—|to|~|至) ?"
_RANGE = (
    r"[$€£¥￥₹]{1,5}(?: ?[-–] ?[$€£¥￥₹]{1,5})?"
    rf"|(?:{_MONEY}){_TO}(?:{_PLAIN_OR_MONEY})|(?:{_AMOUNT}){_TO}(?:{_MONEY})"
)

_PAYMENT = words(
    "cash visa mastercard master_card amex american_express paypal alipay wechat wechat_pay wechatpay "
    "weixin unionpay union_pay discover jcb maestro diners diners_club klarna afterpay sofort ideal "
    "giropay bancontact sepa apple_pay applepay google_pay googlepay samsung_pay stripe razorpay upi "
    "paytm cod cash_on_delivery credit_card debit_card bank_transfer wire_transfer wire transfer "
    "bank_card check cheque checkmo credit debit card gift_card voucher invoice prepaid installment "
    "boleto pix huabei jdpay balance eurocard_mastercard eurocard atm online_payments mc bacs ideal card bizum "
    "rechnung lastschrift kreditkarte überweisung vorkasse nachnahme sofortüberweisung carte_bancaire virement chèque "
    "tarjeta transferencia contrarreembolso carta_di_credito bonifico contrassegno cartão_de_crédito 支付宝 微信 "
    "微信支付 银联 货到付款 信用卡 储蓄卡 余额 花呗 白条 现金 银行转账 在线支付 货到付款 公司转账"
)
_PAYMENT_WORDS = frozenset(word for entry in _PAYMENT for word in entry.split()) | words(
    "cards cheques checks transfers coupons holiday giro blue bleue carte diners int contanti bonifico "
    "payments and money order"
)
_SURE_PAYMENT = words(
    "cash visa mastercard amex paypal alipay diners maestro credit debit cheque cheques check 支付宝 微信"
)
_DELIVERY = words(
    "dhl ups fedex usps dpd gls tnt hermes evri royal_mail aramex correos chronopost colissimo yodel "
    "canada_post australia_post sf sf_express yto zto sto yunda ems cainiao jd_logistics jdl standard "
    "express overnight next_day same_day two_day ground air sea freight economy priority courier pickup "
    "pick_up store_pickup click_and_collect delivery home_delivery free_shipping standard_shipping "
    "express_shipping flat_rate flatrate deliverymodefreight deliverymodeownfleet deliverymodepickup "
    "deliverymodemail onsitepickup lockerdelivery parcelservice seur mrw correos nacex point_relais mondial_relay "
    "postnl bpost poste_italiane brt bartolini second_day two_day expedited ups_ground afn mfn fba fbm 顺丰 顺丰速运 "
    "圆通 圆通速递 中通 ems "
    "中通快递 申通 韵达 韵达快递 京东物流 邮政 百世 极兔 自提 快递 包邮"
)
_STATUSES = words(
    "paid unpaid pending processing processed shipped delivered completed complete cancelled canceled "
    "returned refunded partially_refunded voided authorized fulfilled unfulfilled partial partially_paid "
    "on_hold hold holded open closed new created placed confirmed failed declined expired disputed "
    "awaiting_payment payment_review in_transit transit out_for_delivery ready packed packing dispatched "
    "backordered success succeeded rejected approved received finished wait_buyer_pay "
    "wait_seller_send_goods trade_finished trade_closed orderdelivered orderprocessing orderintransit "
    "ordercancelled orderreturned orderpaymentdue orderpickupavailable orderproblem 已付款 未付款 待付款 "
    "待发货 已发货 待收货 已收货 已完成 已取消 已关闭 已退款 退款中 交易成功 交易关闭 已签收 待评价 完成 等待出库 "
    "等待买家付款 买家已付款 卖家已发货 买家已付款，等待卖家发货 卖家已发货，等待买家确认 "
    "versendet storniert offen bezahlt "
    "retourniert geliefert abgeschlossen verzonden geannuleerd betaald expédiée annulée en_attente payée livrée "
    "remboursée enviado pendiente cancelado pagado entregado devuelto spedito annullato pagato consegnato cancelada "
    "entregue pago settled captured chargeback charged_back"
)
_TOTALS = (
    "order|payment|paid|pay|total|sub|net|gross|grand|line|row|invoice|transaction|trade|refund|due|cart|basket"
    "|checkout"
)


def _payments(text: str) -> bool:
    """Tell whether ``text`` lists ways to pay: one that is nothing else, and mostly words of such lists."""
    found = [word for word in re.split(r"[\W_]+", text[:200].casefold()) if word]
    return not _SURE_PAYMENT.isdisjoint(found) and 4 * sum(
        word in _PAYMENT_WORDS for word in found
    ) >= 3 * len(found)


def _may_be_paid(joined: str) -> bool:
    text = joined.casefold()
    return any(word in text for word in _SURE_PAYMENT)


RULES = [
    Rule(
        type="price",
        names={
            "price|msrp|rrp": 0.95,
            "unit|list|sale|selling|retail|original|market|regular price": 0.97,
            "item|product|base|final|special|offer|current price": 0.97,
            "unit|item|product cost": 0.9,
            "unit amount|value": 0.95,
            "cost": 0.75,
        },
        form=either(between(0, 1e9), matching(_PLAIN_OR_MONEY, DIGITS)),
        says="are numbers",
        accepts=CODES,
        need=0.7,
        ranged=True,
    ),
    Rule(
        type="price",
        form=matching(_MONEY, DIGITS),
        says="are numbers with the sign of a currency",
        proof=0.7,
        at=0.8,
    ),
    Rule(
        type="amount",
        names={
            "amount|revenue|gmv|turnover|subtotal|salary|wage|income|budget|balance|payment|fee|tax|profit": 0.9,
            f"{_TOTALS} amount|price|value|sum|cost": 0.96,
            f"{_TOTALS} total": 0.96,
            "shipping|postage|delivery|service|post fee|cost|price|charge": 0.93,
            "total": 0.75,
            "sale": 0.55,
            "gross|net sale": 0.85,
            "amount due|paid|refunded|usd": 0.95,
            "lifetime|customer value": 0.7,
            "value": 0.4,
            "spend|spent": 0.75,
            "= shipping|freight|postage|tip|commission|deposit|surcharge": 0.85,
            "tip|tip received|commission|surcharge|duty": 0.75,
            "total|amount|balance outstanding": 0.85,
            "gross|net debit|credit": 0.85,
            "= gross|net": 0.75,
            "order|payment|invoice|line gross|net": 0.85,
            "handling": 0.7,
            "shipping and handling": 0.93,
            "debit|credit": 0.6,
            "tax|commission|exchange|discount|interest|conversion rate": DENIED,  # a share, no sum
        },
        form=either(between(-1e15, 1e15), matching(_PLAIN_OR_MONEY, DIGITS)),
        says="are numbers",
        accepts=CODES,
        need=0.8,
        ranged=True,
        beside=(Beside(ORDER_SIGNS | {"currency"}, 0.2),),
    ),
    Rule(
        type="currency",
        names={"currency": 0.97, "currency code|symbol|name|iso": 0.97, "currency iso code": 0.97},
        form=either(each(lambda text: text.upper() in _CURRENCIES), among(_CURRENCY_WORDS)),
        says="are currencies",
        fits=matching(r"[^\d\s]{1,12}"),
    ),
    Rule(
        type="currency",
        form=each(lambda text: bool(text) and set(text.split()) <= _SURE_CURRENCIES),
        says="are ISO 4217 currency codes",
        proof=0.88,
    ),
    Rule(
        type="price_range",
        names={"price range|level|tier|band|bucket|segment": 0.95},
        form=matching(_RANGE, needs=DIGITS + "$€£¥￥₹"),
        says="are ranges of prices",
        fits=either(short_text(40, 6), matching(r"[0-9][0-9.,]{0,12} ?[-–:~] ?[0-9][0-9.,]{0,12}", DIGITS)),
        accepts=CODES,
        need=0.5,
        proof=0.9,
        at=0.7,
    ),
    Rule(
        type="discount",
        names={
            "discount|coupon|voucher|rebate|promotion|promo|markdown|cashback": 0.9,
            "discount|coupon|voucher|promo|promotion code|id|name|amount|rate|percent|value|type": 0.93,
            "discount percentage|total": 0.93,
        },
        fits=anything,
        accepts=CODES,
    ),
    Rule(
        type="payment_method",
        names={
            "payment|pay|paid|billing method|type|mode|channel|gateway|option|provider|source": 0.95,
            "payment method|gateway|type title|name|label|code|description": 0.95,
            "card|payment network|scheme": 0.8,
            "payment": 0.5,
            "tender|card type|brand": 0.75,
            "payment accepted": 0.9,
        },
        form=either(among(_PAYMENT), each(_payments, hint=_may_be_paid)),
        says="are ways to pay",
        fits=both(short_text(80, 10), worded),
        need=0.6,
        proof=0.8,
        at=0.8,
    ),
    Rule(
        type="delivery_method",
        names={
            "delivery|shipping|ship method|mode|type|option|service|carrier": 0.95,
            "shipment|fulfillment method|mode|type|option|service|carrier": 0.95,
            "carrier|courier": 0.85,
            "logistic|express company|provider|name": 0.9,
            "shipping description|title": 0.8,
            "shipping|delivery|shipment|fulfillment method title|name|label|code|description": 0.95,
            "shipping|delivery line title|code|source|name": 0.9,
            "shipping|delivery|ship service level": 0.9,
            "service level": 0.7,
            "fulfillment|shipping channel|by": 0.85,
            "fulfilled|shipped by": 0.8,
        },
        form=among(_DELIVERY),
        says="are ways to deliver",
        fits=both(short_text(80, 10), worded),
        need=0.6,
        proof=0.75,
        at=0.8,
    ),
    Rule(
        type="delivery_method",
        names={"delivery|shipping|ship|shipment|fulfillment company|provider": 0.95},
        form=among(_DELIVERY),
        says="are ways to deliver",
        fits=both(short_text(80, 10), worded),
        # In an address it is the company that is delivered to.
        beside=(Beside(frozenset({"street_address", "city", "postal_code"}), -0.4),),
    ),
    Rule(
        type="order_status",
        names={
            "order|payment|fulfillment|financial|shipping|shipment status|state": 0.95,
            "delivery|trade|invoice|transaction|refund|return status|state": 0.95,
            "status|state": 0.55,
            "customer|user|account|member|subscriber|product|item|listing|loyalty|network|email status|state": DENIED,
        },
        form=among(_STATUSES),
        says="are stages of an order",
        fits=both(
            short_text(40, 10), either(among(_STATUSES), any_word_among(_STATUSES), matching(r"[^\d]{2,40}"))
        ),
        need=0.6,
        proof=0.7,
        at=0.8,
        least=2,
        beside=(
            Beside(ORDER_SIGNS, 0.35),
            Beside(frozenset({"city", "postal_code", "street_address"}), -0.4),
        ),
    ),
    Rule(
        type="order_status",
        names={"order|payment|fulfillment|financial|shipping|trade status|state": 0.9},
        form=between(-10, 1000, whole=True),
        says="are whole numbers",
        accepts=FLAGS,
        need=0.9,
    ),
]
