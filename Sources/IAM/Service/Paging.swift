import AWSProtocol
import Authorization
import Cryptography
import Operations

/// Which part of a list a request asks for.
struct PageRequest: Sendable {
    let limit: Int
    /// What the last page ended with; nil for the first page.
    let after: String?
}

/// One page of a list.
package struct Page<Element: Sendable>: Sendable {
    package let elements: [Element]
    /// The marker of the next page; nil on the last.
    package let marker: String?
}

/// Markers are sealed, so that they tell nothing, and bound to the operation and the caller's account, so that
/// one list's marker is refused by another.
extension IAMService {
    /// Entries a page has unless the request says otherwise (IAM API Reference, MaxItems).
    static let pageDefault = 100

    /// The page that a request with the members `Marker` and `MaxItems` asks for.
    ///
    /// - Throws: `.validation` for a marker that this list did not give.
    func page(_ input: PageInput, of list: String, for call: Call) throws(IAMError) -> PageRequest {
        guard let marker = input.marker else { return PageRequest(limit: input.limit, after: nil) }
        guard let sealed = Base64.decode(marker) else { throw .validation("Invalid Marker.") }
        do throws(CryptographyError) {
            let position = try KeyWrap(keyring: keyring, purpose: .markers).openRecord(
                sealed,
                authenticating: binding(list, call)
            )
            return PageRequest(limit: input.limit, after: String(decoding: position, as: UTF8.self))
        } catch {
            throw .validation("Invalid Marker.")
        }
    }

    /// Cuts a page from elements that were fetched with at least one more than the limit, where there are more.
    func page<Element>(
        _ elements: [Element],
        _ request: PageRequest,
        of list: String,
        for call: Call,
        position: (Element) -> String
    ) throws(IAMError) -> Page<Element> {
        guard elements.count > request.limit else { return Page(elements: elements, marker: nil) }
        let shown = Array(elements.prefix(request.limit))
        guard let last = shown.last else { return Page(elements: [], marker: nil) }
        do throws(CryptographyError) {
            let sealed = try KeyWrap(keyring: keyring.settled(at: call.now), purpose: .markers).seal(
                SecretBytes(copying: position(last).utf8),
                authenticating: binding(list, call)
            )
            return Page(elements: shown, marker: Base64.encode(sealed))
        } catch {
            throw .cryptography
        }
    }

    /// A page of elements that are all in memory, in the order of their positions' bytes.
    func page<Element>(
        ofAll elements: [Element],
        _ input: PageInput,
        of list: String,
        for call: Call,
        position: (Element) -> String
    ) throws(IAMError) -> Page<Element> {
        let request = try page(input, of: list, for: call)
        let sorted = elements.sorted { precedes(position($0), position($1)) }
        let rest = sorted.filter { element in
            request.after.map { precedes($0, position(element)) } ?? true
        }
        return try page(rest, request, of: list, for: call, position: position)
    }

    /// As the store orders keys.
    private func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    private func binding(_ list: String, _ call: Call) -> [UInt8] {
        Array("iam:\(list)\u{0}\(call.caller.account ?? "")".utf8)
    }
}

/// The members `Marker` and `MaxItems` of a request.
package struct PageInput: Hashable, Sendable {
    let marker: String?
    let limit: Int

    init(_ input: Input) {
        marker = input.string("Marker")
        limit = input.integer("MaxItems") ?? IAMService.pageDefault
    }
}

extension OutputWriter {
    /// The members that end every list: `IsTruncated` and `Marker`.
    mutating func pageEnd(_ marker: String?) {
        flag("IsTruncated", marker != nil)
        string("Marker", marker)
    }
}

extension [Member] {
    /// What every list takes.
    static let paging: [Member] = [.optional("Marker", .marker), .optional("MaxItems", .maxItems)]
}
