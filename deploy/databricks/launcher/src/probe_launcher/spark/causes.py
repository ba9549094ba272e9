"""What an error of Spark, of the JDBC driver or of the Kafka client is called: the words are those of `probe explain`."""

from __future__ import annotations

import re
from typing import Final

#: Errors of SQL Server by their number, as the agent has them.
NUMBERS: Final[dict[int, str]] = {
    **dict.fromkeys((229, 262, 297, 300, 916), "not-authorized"),
    **dict.fromkeys((18452, 18456, 40532), "login-rejected"),
    **dict.fromkeys((18463, 18464, 18465, 18466, 18467, 18468, 18487, 18488), "password-expired"),
    **dict.fromkeys((18470, 18486), "account-locked"),
    **dict.fromkeys((10928, 10929, 17809, 40501, 49918, 49919, 49920), "throttled"),
    **dict.fromkeys((40615, 40914, 47073), "egress-refused"),
    **dict.fromkeys(
        (904, 905, 922, 927, 942, 945, 976, 978, 983, 4060, 4064, 4221, 17142, 18401, 18451, 18461, 40613, 42108, 42109),
        "database-not-available",
    ),
}

KAFKA: Final = "org.apache.kafka.common.errors."

#: Classes that say enough by their name.
CLASSES: Final[dict[str, str]] = {
    "java.net.UnknownHostException": "name-not-found",
    "java.net.NoRouteToHostException": "host-unreachable",
    "java.security.cert.CertificateExpiredException": "certificate-expired",
    "java.security.cert.CertificateNotYetValidException": "certificate-not-yet-valid",
    "sun.security.provider.certpath.SunCertPathBuilderException": "issuer-not-trusted",
    f"{KAFKA}SaslAuthenticationException": "login-rejected",
    f"{KAFKA}UnsupportedSaslMechanismException": "mechanism-not-offered",
    f"{KAFKA}IllegalSaslStateException": "mechanism-not-offered",
    f"{KAFKA}TopicAuthorizationException": "not-authorized",
    f"{KAFKA}ClusterAuthorizationException": "not-authorized",
    # Spark reads with a group id of its own, and joins no group
    f"{KAFKA}GroupAuthorizationException": "probe-not-authorized",
    f"{KAFKA}UnknownTopicOrPartitionException": "topic-not-found",
    f"{KAFKA}UnsupportedVersionException": "version-unsupported",
    f"{KAFKA}ThrottlingQuotaExceededException": "throttled",
    "org.apache.spark.ExecutorLostFailure": "local-starvation",
    "java.lang.OutOfMemoryError": "local-starvation",
}

#: Where neither a number nor a class tells: the driver puts what the network said into a sentence, and an executor hands over text alone.
TEXTS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), cause)
    for pattern, cause in (
        # the driver puts the message of an UnknownHostException there, which is the name
        (r'to the host ([^\s,"]+), .*Error: "\1[.:]', "name-not-found"),
        (r"Client with IP address .* is not allowed", "egress-refused"),
        (r"^Login failed for user", "login-rejected"),
        (r"^Cannot open database", "database-not-available"),
        (r"is not currently available", "database-not-available"),
        (r"Invalid username or password|Authentication failed", "login-rejected"),
        (r"PKIX path building failed|unable to find valid certification path|trust anchor", "issuer-not-trusted"),
        (r"NotAfter|CertificateExpired", "certificate-expired"),
        (r"validate the server name|No subject alternative|No name matching", "certificate-name-mismatch"),
        (r"bad_certificate|certificate_required|certificate_unknown", "client-certificate-rejected"),
        (r"protocol_version|No appropriate protocol", "tls-version-unsupported"),
        (r"Unsupported or unrecognized SSL message|plaintext connection", "not-tls"),
        (r"Connection refused", "connection-refused"),
        (r"Connect(ion)? timed out", "connect-timeout"),
        (r"Network is unreachable|No route to host", "host-unreachable"),
        (r"Connection reset|Broken pipe", "connection-reset"),
        (r"unexpected end of stream|prematurely closed|closed the connection|terminated during", "connection-closed"),
        (r"Read timed out|query has timed out|Timed out waiting|Cannot fetch record", "request-timeout"),
        (r"ExecutorLostFailure|Remote RPC client disassociated", "local-starvation"),
    )
)

#: Of these the class says less than what caused it, or than its own text.
BROAD: Final[dict[str, str]] = {
    "java.net.SocketTimeoutException": "request-timeout",
    "java.net.ConnectException": "connection-refused",
    "javax.net.ssl.SSLHandshakeException": "tls-handshake-failed",
    f"{KAFKA}SslAuthenticationException": "tls-handshake-failed",
    f"{KAFKA}TimeoutException": "request-timeout",
    f"{KAFKA}DisconnectException": "connection-closed",
    "java.util.concurrent.TimeoutException": "request-timeout",
}

#: Before any success these stop every target of the identity.
REJECTIONS: Final = frozenset({"login-rejected", "password-expired", "account-locked"})

#: It is our own trouble, or that of the engine: in no rate.
OURS: Final = frozenset({"local-starvation"})

ALL: Final = frozenset({*NUMBERS.values(), *CLASSES.values(), *BROAD.values(), *(cause for _, cause in TEXTS)})
