# SPDX-License-Identifier: MIT
"""A throw-away certificate authority and a server certificate of it, as PEM files."""
import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(subject, key, issuer, issuer_key, extensions):
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer))
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(now - datetime.timedelta(hours=1))
               .not_valid_after(now + datetime.timedelta(days=1)))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


def make(directory):
    """Writes ca.pem, server.pem and server.key for 127.0.0.1; returns their paths."""
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    ca = certificate("orgrun test CA", ca_key, "orgrun test CA", ca_key,
                     [(x509.BasicConstraints(ca=True, path_length=0), True), (issuer, False)])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    server = certificate(
        "127.0.0.1", key, "orgrun test CA", ca_key,
        [(x509.SubjectAlternativeName([address, x509.DNSName("localhost")]), False),
         (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), False)])
    pem = serialization.Encoding.PEM
    written = {
        "ca.pem": ca.public_bytes(pem),
        "server.pem": server.public_bytes(pem),
        "server.key": key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL,
                                        serialization.NoEncryption()),
    }
    for file, text in written.items():
        (directory / file).write_bytes(text)
    return [str(directory / file) for file in written]
