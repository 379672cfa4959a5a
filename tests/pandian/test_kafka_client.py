import pytest

from pandian.errors import BrokerError, SettingError
from pandian.kafka_client import broker_errors, client_options
from pandian.settings import Settings


def test_a_plain_broker():
    options = client_options(Settings(broker="kafka://a:9093;b"))
    assert options["bootstrap_servers"] == ["a:9093", "b:9092"]
    assert options["security_protocol"] == "PLAINTEXT"
    assert not [name for name in options if name.startswith(("ssl", "sasl"))]


def test_tls_and_sasl(tmp_path):
    files = {name: tmp_path / name for name in ("ca.pem", "cert.pem", "key.pem")}
    for path in files.values():
        path.touch()
    options = client_options(
        Settings(
            broker="a:1",
            security_protocol="SASL_SSL",
            ssl_ca_location=files["ca.pem"],
            ssl_certificate_location=files["cert.pem"],
            ssl_key_location=files["key.pem"],
            ssl_key_password="opens",
            sasl_mechanism="SCRAM-SHA-512",
            sasl_username="jo",
            sasl_password="secret",
        )
    )
    assert options["ssl_cafile"] == str(files["ca.pem"])
    assert options["ssl_certfile"] == str(files["cert.pem"])
    assert options["ssl_keyfile"] == str(files["key.pem"])
    assert options["ssl_password"] == "opens"
    assert options["sasl_mechanism"] == "SCRAM-SHA-512"
    assert (options["sasl_plain_username"], options["sasl_plain_password"]) == ("jo", "secret")


def test_sasl_settings_count_only_with_sasl(tmp_path):
    options = client_options(Settings(broker="a:1", sasl_username="jo", ssl_ca_location=tmp_path / "none"))
    assert not [name for name in options if name.startswith(("ssl", "sasl"))]


def test_what_is_wrong_is_named():
    with pytest.raises(SettingError, match="PANDIAN_BROKER: is not set"):
        client_options(Settings())
    with pytest.raises(SettingError, match=r"PANDIAN_SSL_CA_LOCATION=/none\.pem: is not a file"):
        client_options(Settings(broker="a:1", security_protocol="SSL", ssl_ca_location="/none.pem"))


@pytest.mark.parametrize("error", [OSError(111, "Connection refused"), ConnectionResetError()])
def test_errors_of_the_connection_name_the_address_in_one_line(error):
    settings = Settings(broker="a:1;b:2", sasl_password="secret")
    with (
        pytest.raises(
            BrokerError, match="PANDIAN_BROKER=a:1;b:2: a Kafka broker must answer there"
        ) as caught,
        broker_errors(settings),
    ):
        raise error
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
