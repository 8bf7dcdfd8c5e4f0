// libsodium, for Ed25519ph (RFC 8032), which neither swift-crypto nor libcrypto 3.0 offers.
#ifndef STRONGROOM_CSODIUM_H
#define STRONGROOM_CSODIUM_H

#include <sodium.h>

#endif
