import Synchronization

/// A page of names; `continueAt` goes into the next request where this one's pattern was.
package struct NamePage: Hashable, Sendable {
    package let names: [String]
    package let continueAt: String?
}

extension NamePage {
    /// The most names of one page.
    package static let countMax = 1024

    /// The page of sorted names that a pattern asks for.
    package init(of sorted: [String], for pattern: ListPattern) {
        let start = pattern.startingAt.map { first in sorted.firstIndex { $0 >= first } ?? sorted.endIndex }
        let rest = sorted[(start ?? 0)...]
        names = Array(rest.prefix(Self.countMax))
        continueAt = rest.dropFirst(Self.countMax).first.map { pattern.continuation(at: $0) }
    }
}

extension KESKeyService {
    /// One page of the keys' names, in order.
    ///
    /// Key stores give names in orders of their own, and a page at a time. The names that the first page was
    /// taken from are kept for a minute, so that a long listing reads the store once.
    package func list(_ pattern: ListPattern) async throws(KESError) -> NamePage {
        let now = time.elapsed()
        if pattern.startingAt != nil, let names = listings.names(pattern.prefix, now: now) {
            return NamePage(of: names, for: pattern)
        }
        let names = try await allNames(prefix: pattern.prefix)
        let page = NamePage(of: names, for: pattern)
        if page.continueAt != nil { listings.keep(names, prefix: pattern.prefix, now: now) }
        return page
    }

    /// All names with a prefix, in order, each once.
    package func allNames(prefix: String) async throws(KESError) -> [String] {
        var names: Set<String> = []
        var token: String?
        do throws(KeyStoreError) {
            repeat {
                let page = try await store.list(prefix: prefix, continuing: token)
                for name in page.names where name.text.hasPrefix(prefix) { names.insert(name.text) }
                guard token != page.next || page.next == nil else {
                    throw .unavailable(reason: "a page of its listing names itself as the next")
                }
                token = page.next
            } while token != nil
        } catch {
            note(error)
            throw failure(.list, error)
        }
        note(nil)
        return names.sorted()
    }
}

/// The names of listings that are under way.
final class ListingMemory: Sendable {
    private struct Listing {
        let names: [String]
        let made: Duration
    }

    private let listings = Mutex<[String: Listing]>([:])
    private static let countMax = 4
    private static let ageMax = Duration.seconds(60)

    func names(_ prefix: String, now: Duration) -> [String]? {
        listings.withLock { listings in
            listings = listings.filter { now - $0.value.made < Self.ageMax }
            return listings[prefix]?.names
        }
    }

    func keep(_ names: [String], prefix: String, now: Duration) {
        listings.withLock { listings in
            listings[prefix] = Listing(names: names, made: now)
            guard listings.count > Self.countMax else { return }
            if let oldest = listings.min(by: { $0.value.made < $1.value.made }) { listings[oldest.key] = nil }
        }
    }

    /// A key was made or removed here, which the next page should show.
    func forget() { listings.withLock { $0 = [:] } }
}
