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
#include <string.h>

// getrandom(2), which Swift's module of the C library leaves out.
#include <sys/random.h>

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

// An HMAC-SHA-256 that has taken in its key, for any number of threads: contexts that are not in use wait for the
// next text, since starting one anew costs a third of giving it the key again. Texts come in two parts, one behind the
// other. The EVP_MAC interface takes twice the time. A context has 800 bytes, and most keys never need a second one.
enum { strongroom_hmac_idle_max = 4 };
typedef struct {
    HMAC_CTX *idle[strongroom_hmac_idle_max];
    int count;
    unsigned char bytes[];
} strongroom_hmac_key;

// Cleanses the key, too.
static inline void strongroom_hmac_free(strongroom_hmac_key *key) {
    if (key == NULL) return;
    for (int slot = 0; slot < strongroom_hmac_idle_max; slot++) HMAC_CTX_free(key->idle[slot]);
    OPENSSL_clear_free(key, sizeof *key + key->count);
}

// A context that has taken in the key, which nobody has yet.
static inline HMAC_CTX *strongroom_hmac_make(const strongroom_hmac_key *key) {
    HMAC_CTX *context = HMAC_CTX_new();
    if (context != NULL && HMAC_Init_ex(context, key->bytes, key->count, EVP_sha256(), NULL) == 1) return context;
    HMAC_CTX_free(context);
    return NULL;
}

// NULL when there is no memory.
static inline strongroom_hmac_key *strongroom_hmac_prepare(const void *bytes, int count) {
    strongroom_hmac_key *key = OPENSSL_zalloc(sizeof *key + count);
    if (key == NULL) return NULL;
    key->count = count;
    memcpy(key->bytes, bytes, count);
    key->idle[0] = strongroom_hmac_make(key);
    if (key->idle[0] != NULL) return key;
    strongroom_hmac_free(key);
    return NULL;
}

// A context that has taken in the key; no other thread has it.
static inline HMAC_CTX *strongroom_hmac_take(strongroom_hmac_key *key) {
    for (int slot = 0; slot < strongroom_hmac_idle_max; slot++) {
        HMAC_CTX *idle = __atomic_exchange_n(&key->idle[slot], NULL, __ATOMIC_ACQUIRE);
        if (idle == NULL) continue;
        if (HMAC_Init_ex(idle, NULL, 0, NULL, NULL) == 1) return idle;
        HMAC_CTX_free(idle);
    }
    return strongroom_hmac_make(key);
}

static inline void strongroom_hmac_give_back(strongroom_hmac_key *key, HMAC_CTX *context) {
    for (int slot = 0; slot < strongroom_hmac_idle_max; slot++) {
        HMAC_CTX *none = NULL;
        if (__atomic_compare_exchange_n(&key->idle[slot], &none, context, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
            return;
    }
    HMAC_CTX_free(context);
}

// Writes the 32 bytes of a text's code.
static inline int strongroom_hmac(strongroom_hmac_key *key, const void *first, size_t first_count,
                                  const void *second, size_t second_count, unsigned char *code) {
    HMAC_CTX *context = strongroom_hmac_take(key);
    if (context == NULL) return 0;
    int status = HMAC_Update(context, first, first_count) == 1
        && (second_count == 0 || HMAC_Update(context, second, second_count) == 1)
        && HMAC_Final(context, code, NULL) == 1;
    strongroom_hmac_give_back(key, context);
    return status;
}
#pragma GCC diagnostic pop

#endif
