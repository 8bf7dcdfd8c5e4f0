import AWSProtocol
import AsyncHTTPClient
import CloudTrail
import NIOCore
import NIOHTTP1
import NIOSSL

/// One call of a function over HTTP, to an address that was looked at before.
struct FunctionInvocation: Sendable {
    /// How a call ended.
    enum Outcome: Hashable {
        case returned
        /// The function's error, by the name of its class.
        case failed(type: String?)
        case unreachable(reason: String)
    }

    /// Operators name endpoints, so they may be on this machine; metadata of machines is nobody's function.
    static let rules = EndpointRules(allowsLoopback: true, sendsMail: false)

    private static let connectSeconds: Int64 = 5
    private static let answerBytesMax = 6 << 20
    private static let typeBytesMax = 128
    private static let lookup = AddressLookup(secondsMax: connectSeconds)

    let url: EndpointURL
    let timeoutSeconds: Int64
    let authorityFile: String?

    func answer(to event: [UInt8]) async -> Outcome {
        guard let found = await Self.lookup.addresses(of: url.host) else {
            return .unreachable(reason: "the host's address could not be found in time")
        }
        var refusal = "the host has no address"
        for address in found {
            if let reason = Self.rules.refusal(ofAddress: address.description) {
                refusal = reason
                continue
            }
            return await answer(to: event, from: address.description)
        }
        return .unreachable(reason: refusal)
    }

    private func answer(to event: [UInt8], from address: String) async -> Outcome {
        let client = makeClient(for: address)
        let outcome = await execute(event, with: client)
        do {
            try await client.shutdown()
        } catch {
            // The call is over all the same, and its outcome known.
            return outcome
        }
        return outcome
    }

    private func execute(_ event: [UInt8], with client: HTTPClient) async -> Outcome {
        var request = HTTPClientRequest(url: url.canonicalText)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: event))
        do {
            let response = try await client.execute(request, timeout: .seconds(timeoutSeconds))
            let body = try await response.body.collect(upTo: Self.answerBytesMax)
            guard (200..<300).contains(Int(response.status.code)) else {
                return .unreachable(reason: "it answered with HTTP \(response.status.code)")
            }
            let isError = response.headers.contains(name: "x-amz-function-error")
            return Self.outcome(of: Array(body.readableBytesView), isError: isError)
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout {
            return .unreachable(reason: "it did not answer within \(timeoutSeconds) s")
        } catch {
            return .unreachable(reason: "\(error)")
        }
    }

    /// What an answer means: functions that fail in an emulator say so in the body alone.
    static func outcome(of body: [UInt8], isError: Bool) -> Outcome {
        // A body that is no JSON is no error object.
        let answer = try? JSON.parse(body)
        let type = answer?["errorType"]?.text
        guard isError || type != nil || answer?["errorMessage"] != nil else { return .returned }
        let name = type.flatMap { type in
            type.utf8.count <= typeBytesMax && type.utf8.allSatisfy(isOfName) ? type : nil
        }
        return .failed(type: name)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "._:-".utf8.contains(byte)
        }
    }

    private func makeClient(for address: String) -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(
            connect: .seconds(Self.connectSeconds),
            read: .seconds(timeoutSeconds)
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        if !url.isNumeric { configuration.dnsOverride = [url.host: address] }
        if let authorityFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [.file(authorityFile)]
            configuration.tlsConfiguration = tls
        }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
