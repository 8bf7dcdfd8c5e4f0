/// An answer as Encrypt gives one for 32 bytes: the same fields and the same lengths.
enum ConstantAnswer {
    /// 82 bytes around 32 of ciphertext make 152 characters.
    static let body =
        #"{"CiphertextBlob":""# + String(repeating: "A", count: 152)
        + #"","EncryptionAlgorithm":"SYMMETRIC_DEFAULT","KeyId":"arn:aws:kms:us-east-1:"#
        + #"111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}"#

    static let contentType = "application/x-amz-json-1.1"
    static let requestID = "1234abcd-12ab-34cd-56ef-1234567890ab"

    static let message =
        "HTTP/1.1 200 OK\r\nContent-Type: \(contentType)\r\nx-amzn-RequestId: \(requestID)\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}
