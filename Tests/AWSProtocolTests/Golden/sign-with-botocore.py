"""Signs a fixed set of requests with botocore and writes signatures.json."""
import datetime, hashlib, json, base64, sys
import botocore, botocore.auth, botocore.compat
from botocore.auth import SigV4Auth, S3SigV4Auth, SigV4QueryAuth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from urllib.parse import urlsplit

NOW = datetime.datetime(2026, 11, 21, 4, 39, 49, tzinfo=datetime.timezone.utc)
botocore.auth.get_current_datetime = lambda remove_tzinfo=True: NOW.replace(tzinfo=None) if remove_tzinfo else NOW
KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEXAMPLE//////////wEaDKtoken+with/special=="

def sign(name, cls, service, method, url, headers=None, body=b"", token=None, region="us-east-1", expires=None):
    req = AWSRequest(method=method, url=url, headers=dict(headers or {}), data=body)
    host = urlsplit(url).netloc
    creds = Credentials(KEY, SECRET, token)
    if expires is not None:
        cls(creds, service, region, expires=expires).add_auth(req)
    else:
        cls(creds, service, region).add_auth(req)
    split = urlsplit(req.url)
    out = dict(req.headers.items())
    out.setdefault("Host", host)
    return {
        "name": name, "service": service, "region": region, "method": req.method,
        "path": split.path, "query": split.query,
        "headers": [[k, v if isinstance(v, str) else v.decode()] for k, v in out.items()],
        "body": base64.b64encode(body if isinstance(body, bytes) else body.encode()).decode(),
    }

J = "application/x-amz-json-1.1"
def kms(op): return {"Content-Type": J, "X-Amz-Target": "TrentService." + op}
L = "http://127.0.0.1:7370"
cases = [
    sign("kms Encrypt", SigV4Auth, "kms", "POST", L + "/", kms("Encrypt"), b'{"KeyId":"alias/app","Plaintext":"aGVsbG8="}'),
    sign("kms with a session token", SigV4Auth, "kms", "POST", L + "/", kms("Decrypt"), b"{}", token=TOKEN),
    sign("kms in another Region", SigV4Auth, "kms", "POST", "https://kms.eu-central-1.amazonaws.com/", kms("ListKeys"), b"{}", region="eu-central-1"),
    sign("secretsmanager", SigV4Auth, "secretsmanager", "POST", L + "/", {"Content-Type": J, "X-Amz-Target": "secretsmanager.GetSecretValue"}, "{\"SecretId\":\"caf\u00e9\"}".encode()),
    sign("iam form", SigV4Auth, "iam", "POST", L + "/", {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, b"Action=CreateUser&Version=2010-05-08&UserName=a%2Bb"),
    sign("odd white space in headers", SigV4Auth, "kms", "POST", L + "/", {**kms("Encrypt"), "X-Odd": "  a   b \t c  ", "X-Empty": ""}, b"{}"),
    sign("path of an ordinary service", SigV4Auth, "execute-api", "GET", L + "/a//b/./c/../d%20e/%7Ef/", {}),
    sign("query of an ordinary service", SigV4Auth, "execute-api", "GET", L + "/?b=2&a=1&a=0&a-b=3&empty&c=%20%2B~", {}),
    sign("sts presigned", SigV4QueryAuth, "sts", "GET", "https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15", {}, expires=60),
    sign("sts presigned with a cluster's name", SigV4QueryAuth, "sts", "GET", "https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15", {"x-k8s-aws-id": "my-cluster"}, expires=60, token=TOKEN),
    sign("s3 plain", S3SigV4Auth, "s3", "GET", L + "/bucket/key", {}),
    sign("s3 put", S3SigV4Auth, "s3", "PUT", L + "/bucket/key", {"Content-Type": "text/plain", "x-amz-server-side-encryption": "aws:kms"}, b"hello"),
    sign("s3 dots and slashes", S3SigV4Auth, "s3", "GET", L + "/bucket/a//b/./c/../d/", {}),
    sign("s3 encoded path", S3SigV4Auth, "s3", "GET", L + "/bucket/a%20b%2Bc%3Dd%26e%25f~g/%E1%88%B4%28%29%21%2A%27", {}),
    sign("s3 sub-resource", S3SigV4Auth, "s3", "GET", L + "/bucket?list-type=2&prefix=a%2Fb&delimiter=%2F&encoding-type=url", {}),
    sign("s3 lone parameter", S3SigV4Auth, "s3", "GET", L + "/bucket?uploads", {}),
    sign("s3 presigned get", S3SigV4QueryAuth, "s3", "GET", L + "/bucket/a%20b?response-content-type=text%2Fplain", {}, expires=3600),
    sign("s3 presigned put with a token", S3SigV4QueryAuth, "s3", "PUT", L + "/bucket/key", {"x-amz-meta-a": "b"}, expires=604800, token=TOKEN),
]
json.dump({"botocore": botocore.__version__, "now": "20261121T043949Z", "accessKeyID": KEY, "secret": SECRET, "token": TOKEN, "requests": cases}, open(sys.argv[1], "w"), indent=1)
