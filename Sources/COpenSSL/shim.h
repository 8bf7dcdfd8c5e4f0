// The parts of OpenSSL 3.0's libcrypto that Swift code here may call.
#ifndef STRONGROOM_COPENSSL_H
#define STRONGROOM_COPENSSL_H

#include <openssl/asn1.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/objects.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

// SHA-256 of two parts, one behind the other, into 32 bytes. libcrypto's short calls cost a third of what its
// EVP interface costs on the few hundred bytes that a request has; 3.0 calls them deprecated and keeps them.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static inline int strongroom_sha256(const void *first, size_t first_count, const void *second,
                                    size_t second_count, unsigned char *digest) {
    SHA256_CTX context;
    return SHA256_Init(&context) == 1 && SHA256_Update(&context, first, first_count) == 1
        && SHA256_Update(&context, second, second_count) == 1 && SHA256_Final(digest, &context) == 1;
}
#pragma GCC diagnostic pop

#endif
