// The part of libcurl that sends mail. Its options are set by a function of variable arguments, which Swift cannot
// call.
#ifndef STRONGROOM_CCURL_H
#define STRONGROOM_CCURL_H

#include <curl/curl.h>
#include <string.h>

struct strongroom_mail {
    const char *url;
    // NULL for a server that asks for none.
    const char *user;
    const char *password;
    const char *from;
    const char *recipient;
    // NULL for the system's certificate authorities.
    const char *authorities;
    // Whether a server that does not speak TLS is refused.
    int requires_tls;
    long seconds_max;
    const char *message;
    size_t message_count;
};

struct strongroom_mail_reader {
    const char *bytes;
    size_t left;
};

static size_t strongroom_mail_read(char *buffer, size_t size, size_t count, void *context) {
    struct strongroom_mail_reader *reader = (struct strongroom_mail_reader *)context;
    size_t wanted = size * count < reader->left ? size * count : reader->left;
    memcpy(buffer, reader->bytes, wanted);
    reader->bytes += wanted;
    reader->left -= wanted;
    return wanted;
}

// Sends one mail and waits. Returns 0, or libcurl's code; `reason` then holds its words, of up to CURL_ERROR_SIZE.
static inline int strongroom_send_mail(const struct strongroom_mail *mail, char *reason) {
    CURL *curl = curl_easy_init();
    struct curl_slist *recipients = curl_slist_append(NULL, mail->recipient);
    struct strongroom_mail_reader reader = {mail->message, mail->message_count};
    CURLcode code = CURLE_OUT_OF_MEMORY;
    reason[0] = 0;
    if (curl != NULL && recipients != NULL) {
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        curl_easy_setopt(curl, CURLOPT_URL, mail->url);
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
        if (mail->user != NULL) curl_easy_setopt(curl, CURLOPT_USERNAME, mail->user);
        if (mail->password != NULL) curl_easy_setopt(curl, CURLOPT_PASSWORD, mail->password);
        if (mail->authorities != NULL) curl_easy_setopt(curl, CURLOPT_CAINFO, mail->authorities);
        curl_easy_setopt(curl, CURLOPT_USE_SSL, mail->requires_tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_TRY);
        curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, mail->seconds_max < 10 ? mail->seconds_max : 10L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT, mail->seconds_max);
        curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail->from);
        curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, strongroom_mail_read);
        curl_easy_setopt(curl, CURLOPT_READDATA, &reader);
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        code = curl_easy_perform(curl);
        if (code != CURLE_OK && reason[0] == 0) {
            strncpy(reason, curl_easy_strerror(code), CURL_ERROR_SIZE - 1);
            reason[CURL_ERROR_SIZE - 1] = 0;
        }
    }
    curl_slist_free_all(recipients);
    if (curl != NULL) curl_easy_cleanup(curl);
    return (int)code;
}

#endif
