import AsyncHTTPClient
import Doors
package import IAM
import NIOCore
import NIOHTTP1
import NIOSSL

import struct Foundation.URLComponents

/// Fetches the documents of identity providers over HTTPS, in bounded time and memory.
///
/// The address is looked up first, judged, and then called as it was judged, so that a name that changes its
/// mind in between gains nothing. Redirects are followed on the same host alone.
package struct ProviderDocuments: DocumentFetching {
    private let settings: FederationSettings
    private let secondsMax: Int64

    private static let redirectsMax = 3
    private static let connectSecondsMax: Int64 = 3

    package init(_ settings: FederationSettings, secondsMax: Int64 = 5) {
        self.settings = settings
        self.secondsMax = secondsMax
    }

    package func allowsPlainHTTP(_ authority: String) -> Bool {
        settings.insecureAuthorities.contains(authority)
    }

    package func fetch(_ url: String, bytesMax: Int) async throws(FetchFailure) -> [UInt8] {
        let secondsMax = secondsMax
        // The client's own limits are on parts of an exchange; a provider that sends a byte now and then keeps
        // to all of them.
        let outcome = await withTaskGroup(of: Result<[UInt8], FetchFailure>.self) { group in
            group.addTask {
                do throws(FetchFailure) {
                    return .success(try await follow(url, bytesMax: bytesMax))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                do {
                    try await Task.sleep(for: .seconds(secondsMax))
                    return .failure(.timedOut)
                } catch {
                    return .failure(.unreachable(reason: "the request was given up"))
                }
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? .failure(.timedOut)
        }
        return try outcome.get()
    }

    /// The document at an address, or where that redirects to on the same host.
    private func follow(_ url: String, bytesMax: Int) async throws(FetchFailure) -> [UInt8] {
        var target = try Target(url)
        for _ in 0...Self.redirectsMax {
            switch try await answer(from: target, bytesMax: bytesMax) {
            case .body(let bytes): return bytes
            case .redirect(let location):
                // Another host, another port or another protocol is another place.
                guard let next = target.redirected(to: location) else { throw .redirected }
                target = next
            }
        }
        throw .redirected
    }

    private enum Answer {
        case body([UInt8])
        case redirect(String)
    }

    private func answer(
        from target: Target,
        bytesMax: Int
    ) async throws(FetchFailure) -> Answer {
        let isInsecure = allowsPlainHTTP(target.authority)
        guard target.isHTTPS || isInsecure else { throw .insecure }
        let address = try await address(of: target.host, mayBeLoopback: isInsecure)
        let client = httpClient(calling: target.host, at: address)
        let outcome = await execute(target, with: client, bytesMax: bytesMax)
        do {
            try await client.shutdown()
        } catch {
            throw .unreachable(reason: "the connection cannot be closed: \(error)")
        }
        return try outcome.get()
    }

    private func address(of host: String, mayBeLoopback: Bool) async throws(FetchFailure) -> OutboundAddress {
        let lookup = AddressLookup(secondsMax: Self.connectSecondsMax)
        guard let addresses = await lookup.addresses(of: host) else { throw .timedOut }
        guard let first = addresses.first else { throw .unreachable(reason: "\(host) has no address") }
        guard !addresses.contains(where: { $0.isForbidden || ($0.isLoopback && !mayBeLoopback) }) else {
            throw .forbiddenAddress
        }
        return first
    }

    private func execute(
        _ target: Target,
        with client: HTTPClient,
        bytesMax: Int
    ) async -> Result<Answer, FetchFailure> {
        var request = HTTPClientRequest(url: target.url)
        request.headers.add(name: "accept", value: "application/json")
        request.headers.add(name: "user-agent", value: "strongroom/\(Release.version)")
        do {
            let response = try await client.execute(request, timeout: .seconds(secondsMax))
            switch response.status.code {
            case 200: break
            case 301, 302, 303, 307, 308:
                guard let location = response.headers.first(name: "location") else {
                    return .failure(.redirected)
                }
                return .success(.redirect(location))
            default: return .failure(.status(Int(response.status.code)))
            }
            let body = try await response.body.collect(upTo: bytesMax)
            return .success(.body(Array(body.readableBytesView)))
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout {
            return .failure(.timedOut)
        } catch let error as HTTPClientError where error == .connectTimeout {
            return .failure(.timedOut)
        } catch is NIOTooManyBytesError {
            return .failure(.tooLarge(bytesMax: bytesMax))
        } catch {
            return .failure(.unreachable(reason: "\(error)"))
        }
    }

    private func httpClient(calling host: String, at address: OutboundAddress) -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(
            connect: .seconds(Self.connectSecondsMax),
            read: .seconds(secondsMax)
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        if host != address.description { configuration.dnsOverride = [host: address.description] }
        if let file = settings.authorityFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [.file(file)]
            configuration.tlsConfiguration = tls
        }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}

/// An address taken apart as far as rules look at it.
private struct Target {
    let url: String
    let isHTTPS: Bool
    let host: String
    /// Host and, where it is given, port.
    let authority: String

    init(_ url: String) throws(FetchFailure) {
        guard url.utf8.count <= 2_048, url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            scheme == "https" || scheme == "http", let host = parts.host, !host.isEmpty,
            parts.user == nil, parts.password == nil
        else { throw .unreachable(reason: "the address is not one of HTTP") }
        self.url = url
        isHTTPS = scheme == "https"
        self.host = host.lowercased().filter { $0 != "[" && $0 != "]" }
        authority = host.lowercased() + (parts.port.map { ":\($0)" } ?? "")
    }

    /// Where a redirect leads; nil when it leaves the host.
    func redirected(to location: String) -> Target? {
        let absolute: String
        if location.hasPrefix("/"), !location.hasPrefix("//") {
            absolute = "\(isHTTPS ? "https" : "http")://\(authority)\(location)"
        } else {
            absolute = location
        }
        guard let next = try? Target(absolute), next.authority == authority, next.isHTTPS == isHTTPS else {
            return nil
        }
        return next
    }
}
