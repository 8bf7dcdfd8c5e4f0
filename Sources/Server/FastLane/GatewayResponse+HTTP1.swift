import AWSProtocol
import NIOCore
import Operations

extension GatewayResponse {
    /// Writes the whole answer as HTTP/1.1 has it; `headEnd` is what stands behind the length.
    func writeHTTP1(endingHead headEnd: [UInt8], to buffer: inout ByteBuffer) {
        writeHead(to: &buffer)
        buffer.writeStaticString("Content-Length: ")
        buffer.writeString(String(body.count))
        buffer.writeBytes(headEnd)
        buffer.writeBytes(body)
    }

    /// The status line and the lines of ``headers``.
    private func writeHead(to buffer: inout ByteBuffer) {
        switch head {
        case .headers(let headers):
            writeStatus(to: &buffer)
            for (name, value) in headers { buffer.writeString("\(name): \(value)\r\n") }
        case .reply(let requestID, Reply.json, nil) where status == 200:
            buffer.writeBytes(Self.usualBeginning)
            buffer.write(requestID)
            buffer.writeStaticString("\r\n")
        case .reply(let requestID, let contentType, let errorCode):
            writeStatus(to: &buffer)
            buffer.writeString("Content-Type: \(contentType)\r\nx-amzn-RequestId: ")
            buffer.write(requestID)
            if let errorCode { buffer.writeString("\r\nx-amzn-ErrorType: \(errorCode)") }
            buffer.writeStaticString("\r\n")
        }
    }

    /// What nearly every answer begins with.
    private static let usualBeginning = Array(
        "HTTP/1.1 200 OK\r\nContent-Type: \(Reply.json)\r\nx-amzn-RequestId: ".utf8
    )

    private func writeStatus(to buffer: inout ByteBuffer) {
        buffer.writeString(status == 200 ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 \(status) \r\n")
    }
}

extension ByteBuffer {
    fileprivate mutating func write(_ id: RequestID) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: RequestID.textBytes) { text in
            id.write(into: text)
            return RequestID.textBytes
        }
    }
}
