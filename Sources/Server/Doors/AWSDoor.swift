import AWSProtocol
import CloudTrail
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOSSL
import Operations

import struct Foundation.Date

/// Carries requests and answers between HTTP connections and the gateway, and decides nothing.
struct AWSDoor: Sendable {
    let gateway: AWSGateway
    /// Has the certificate that receivers of notifications fetch.
    let certificates: NotificationService
    let isSecure: Bool
    let now: @Sendable () -> Date

    @concurrent func respond(
        to request: Request,
        with writer: consuming ResponseWriter,
        on channel: any Channel
    ) async throws {
        let response = try await answer(request, channel)
        var head = head(of: response)
        if response.status == Self.tooLarge {
            // The rest of the body is not worth reading; the peer gets a moment to read why.
            head.headerFields[.connection] = "close"
            channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
        }
        try await writer.write(response: head, body: Self.body(of: response))
    }

    /// The status of an answer to a body that was not read to its end.
    private static let tooLarge = 413

    private func answer(_ request: Request, _ channel: any Channel) async throws -> GatewayResponse {
        guard let path = request.head.path, path.hasPrefix("/"), !request.hasSecondHost else {
            // HTTP allows it and no AWS client sends it; two parties could read it in two ways.
            throw HTTPParserError.invalidURL
        }
        if request.method == .get, let certificate = await certificate(at: path) { return certificate }
        let tls = try await tlsDetails(of: channel, host: request.head.authority ?? "")
        let received = try await RequestBody.collect(request, upTo: AWSGateway.bodyBytesMax)
        let question = makeRequest(request, path, body: received ?? [], channel, tls)
        guard received != nil else { return gateway.bodyTooLarge(question) }
        return await gateway.answer(question)
    }

    /// The certificate of notifications, for whoever asks: it is no secret.
    ///
    /// Nil for every other path.
    private func certificate(at path: String) async -> GatewayResponse? {
        guard path.hasPrefix("/SimpleNotificationService-") else { return nil }
        do throws(SNSError) {
            let identity = try await certificates.signingIdentity(at: now())
            guard path == "/" + identity.fileName else { return nil }
            return GatewayResponse(certificate: identity.certificate)
        } catch {
            return nil
        }
    }

    private func makeRequest(
        _ request: Request,
        _ path: String,
        body: [UInt8],
        _ channel: any Channel,
        _ tls: CallSource.TLSDetails?
    ) -> GatewayRequest {
        var headers = HeaderList()
        // HTTP's common types keep the host header apart.
        if let authority = request.head.authority { headers.append(name: "host", value: authority) }
        for field in request.headers { headers.append(name: field.name.rawName, value: field.value) }
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return GatewayRequest(
            method: request.method.rawValue,
            rawPath: String(parts[0]),
            rawQuery: parts.count > 1 ? String(parts[1]) : "",
            headers: headers,
            body: body,
            peerAddress: channel.remoteAddress?.ipAddress ?? "",
            tls: tls
        )
    }

    private func tlsDetails(of channel: any Channel, host: String) async throws -> CallSource.TLSDetails? {
        guard isSecure, let version = try await channel.nioSSL_tlsVersion().get() else { return nil }
        // The library does not tell which cipher suite was agreed on.
        return CallSource.TLSDetails(
            version: version.cloudTrailName,
            cipherSuite: "",
            clientProvidedHostHeader: host
        )
    }

    private func head(of response: GatewayResponse) -> HTTPResponse {
        var fields = HTTPFields()
        fields.reserveCapacity(response.headers.count + 2)
        for (name, value) in response.headers {
            guard let name = HTTPField.Name(name) else { continue }
            fields.append(HTTPField(name: name, value: value))
        }
        fields[.contentLength] = String(response.body.count)
        fields[.date] = Timestamp.http(now())
        return HTTPResponse(status: .init(code: response.status), headerFields: fields)
    }

    private static func body(of response: GatewayResponse) -> ResponseBody {
        response.body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: response.body))
    }
}

extension Request {
    /// Whether a host is named again: the first one is kept elsewhere.
    fileprivate var hasSecondHost: Bool { headers.contains { $0.name.canonicalName == "host" } }
}

extension RequestBody {
    /// The whole body of a request; nil when it is longer than allowed, and then the rest is still to come.
    fileprivate static func collect(_ request: Request, upTo bytesMax: Int) async throws -> [UInt8]? {
        if let declared = request.headers[.contentLength].flatMap({ Int($0) }), declared > bytesMax {
            return nil
        }
        var body: [UInt8] = []
        for try await part in request.body {
            guard body.count + part.readableBytes <= bytesMax else { return nil }
            body.append(contentsOf: part.readableBytesView)
        }
        return body
    }
}
