// The parts of OpenSSL 3.0's libcrypto that Swift code here may call.
#ifndef STRONGROOM_COPENSSL_H
#define STRONGROOM_COPENSSL_H

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/objects.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

// What was written into a BIO in memory, which keeps it; BIO_get_mem_data is a macro.
static inline long strongroom_bio_memory(BIO *memory, char **bytes) { return BIO_get_mem_data(memory, bytes); }

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

// An HMAC-SHA-256 that has taken in its key; NULL when there is no memory.
static inline HMAC_CTX *strongroom_hmac_prepare(const void *key, int key_count) {
    HMAC_CTX *prepared = HMAC_CTX_new();
    if (prepared != NULL && HMAC_Init_ex(prepared, key, key_count, EVP_sha256(), NULL) == 1) return prepared;
    HMAC_CTX_free(prepared);
    return NULL;
}

// The 32 bytes of a text's HMAC under a prepared key, which stays as it is and which several threads may use.
// The EVP_MAC interface takes twice the time for it.
static inline int strongroom_hmac(const HMAC_CTX *prepared, const void *text, size_t count,
                                  unsigned char *code) {
    HMAC_CTX *context = HMAC_CTX_new();
    int status = context != NULL && HMAC_CTX_copy(context, (HMAC_CTX *)prepared) == 1
        && HMAC_Update(context, text, count) == 1 && HMAC_Final(context, code, NULL) == 1;
    HMAC_CTX_free(context);
    return status;
}

// Cleanses the key, too.
static inline void strongroom_hmac_free(HMAC_CTX *prepared) { HMAC_CTX_free(prepared); }
#pragma GCC diagnostic pop

#endif
