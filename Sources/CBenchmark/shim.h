// What the load generator needs and Glibc's module lacks: epoll, and OpenSSL 3.0 with its TLS.
#ifndef STRONGROOM_CBENCHMARK_H
#define STRONGROOM_CBENCHMARK_H

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/epoll.h>

#endif
