import AWSProtocol

import struct Foundation.Date

/// Fetches the documents in which identity providers publish their keys.
package protocol DocumentFetching: Sendable {
    /// Whether a provider may be called without TLS; only tests and closed networks say so.
    func allowsPlainHTTP(_ authority: String) -> Bool

    /// The body of a document, in bounded time.
    ///
    /// - Throws: for every answer but one of status 200 with at most `bytesMax` bytes.
    func fetch(_ url: String, bytesMax: Int) async throws(FetchFailure) -> [UInt8]
}

/// The keys of identity providers, by discovery, kept in memory and fetched anew when they are old or a token
/// names one that is not among them.
///
/// Source: OpenID Connect Discovery 1.0 section 4; OpenID Connect Core section 10.1.1.
package actor IssuerKeys {
    /// How long keys are used before they are fetched again.
    static let freshSeconds = 3_600.0
    /// How long keys are used while the provider cannot be asked.
    static let usableSeconds = 86_400.0
    /// How long a provider is left alone after it was asked: tokens with made-up key names cost it nothing.
    static let pauseSeconds = 10.0
    private static let issuersMax = 256
    private static let discoveryBytesMax = 64 * 1024

    private struct Entry {
        var keys: JSONWebKeySet?
        var fetchedAt = Date.distantPast
        var askedAt = Date.distantPast
        var failure: WebIdentityError?
        /// The fetching under way, which all who want it wait for.
        var fetching: Task<Result<JSONWebKeySet, WebIdentityError>, Never>?
    }

    private let fetcher: any DocumentFetching
    private var entries: [String: Entry] = [:]

    package init(fetcher: any DocumentFetching) {
        self.fetcher = fetcher
    }

    /// Whether tokens may come from an issuer of that address: `https`, or a host that is allowed without.
    package nonisolated func accepts(_ url: String, of issuer: IssuerName) -> Bool {
        url.hasPrefix("https://") || fetcher.allowsPlainHTTP(issuer.authority)
    }

    /// The key that a token of an issuer names; the address is the token's `iss`.
    func key(
        for token: JSONWebToken,
        of url: String,
        at now: Date
    ) async throws(WebIdentityError) -> JSONWebKey {
        let entry = entries[url] ?? Entry()
        if let keys = entry.keys, Self.isWithin(Self.freshSeconds, from: entry.fetchedAt, to: now),
            let key = try keys.key(for: token)
        {
            return key
        }
        let isPaused =
            entry.fetching == nil && Self.isWithin(Self.pauseSeconds, from: entry.askedAt, to: now)
        if !isPaused, case .success(let keys) = await refreshed(url, at: now) {
            guard let key = try keys.key(for: token) else { throw .unknownKey }
            return key
        }
        // Looked up again: others may have fetched while this waited.
        let latest = entries[url]
        if let keys = latest?.keys, let fetchedAt = latest?.fetchedAt,
            Self.isWithin(Self.usableSeconds, from: fetchedAt, to: now), let key = try keys.key(for: token)
        {
            return key
        }
        throw latest?.failure ?? .unknownKey
    }

    private func refreshed(_ url: String, at now: Date) async -> Result<JSONWebKeySet, WebIdentityError> {
        if let fetching = entries[url]?.fetching { return await fetching.value }
        makeRoom(for: url)
        let fetcher = fetcher
        let fetching = Task {
            await Self.discover(url, with: fetcher)
        }
        entries[url, default: Entry()].askedAt = now
        entries[url]?.fetching = fetching
        let result = await fetching.value
        var entry = entries[url] ?? Entry()
        entry.askedAt = now
        entry.fetching = nil
        switch result {
        case .success(let keys):
            entry.keys = keys
            entry.fetchedAt = now
            entry.failure = nil
        case .failure(let failure):
            entry.failure = failure
        }
        entries[url] = entry
        return result
    }

    /// Lets the issuer go that was asked longest ago, when there are too many.
    private func makeRoom(for url: String) {
        guard entries[url] == nil, entries.count >= Self.issuersMax else { return }
        let oldest = entries.filter { $0.value.fetching == nil }.min { $0.value.askedAt < $1.value.askedAt }
        if let oldest { entries[oldest.key] = nil }
    }

    private static func isWithin(_ seconds: Double, from start: Date, to now: Date) -> Bool {
        (0..<seconds).contains(now.timeIntervalSince(start))
    }

    /// Asks for the provider's configuration, and for the keys where that says they are.
    private static func discover(
        _ url: String,
        with fetcher: any DocumentFetching
    ) async -> Result<JSONWebKeySet, WebIdentityError> {
        do throws(WebIdentityError) {
            let base = url.hasSuffix("/") ? String(url.dropLast()) : url
            let configuration = try await document(
                base + "/.well-known/openid-configuration",
                bytesMax: discoveryBytesMax,
                with: fetcher
            )
            let place = try placeOfKeys(in: configuration, of: url)
            return .success(
                try JSONWebKeySet(
                    parsing: try await document(place, bytesMax: JSONWebKeySet.bytesMax, with: fetcher)
                )
            )
        } catch {
            return .failure(error)
        }
    }

    private static func document(
        _ url: String,
        bytesMax: Int,
        with fetcher: any DocumentFetching
    ) async throws(WebIdentityError) -> [UInt8] {
        do throws(FetchFailure) {
            return try await fetcher.fetch(url, bytesMax: bytesMax)
        } catch {
            throw .unreachable(error)
        }
    }

    private static func placeOfKeys(in bytes: [UInt8], of url: String) throws(WebIdentityError) -> String {
        let json: JSON
        do throws(JSONError) {
            json = try JSON.parse(bytes, depthMax: 16)
        } catch {
            throw .invalidKeySet(reason: "The configuration of the provider is not valid JSON.")
        }
        guard json["issuer"]?.text == url else {
            throw .invalidKeySet(reason: "The configuration of the provider is that of another issuer.")
        }
        guard let place = json["jwks_uri"]?.text, place.utf8.count <= 2_048 else {
            throw .invalidKeySet(reason: "The configuration of the provider does not say where its keys are.")
        }
        return place
    }
}
