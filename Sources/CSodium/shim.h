// libsodium: Ed25519ph (RFC 8032) and HChaCha20, which neither swift-crypto nor libcrypto 3.0 offers, Argon2id, and AES-GCM
// that is fast on short messages.
#ifndef STRONGROOM_CSODIUM_H
#define STRONGROOM_CSODIUM_H

#include <sodium.h>

#endif
