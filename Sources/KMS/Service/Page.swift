import AWSProtocol
import Authorization
import Cryptography
import Foundation
import Operations

/// Which part of a list a request asks for.
package struct PageRequest: Sendable {
    package let limit: Int
    /// What the last page ended with; nil for the first page.
    package let after: String?
}

/// One page of a list.
package struct Page<Element: Sendable>: Sendable {
    package let elements: [Element]
    /// The marker of the next page; nil on the last.
    package let nextMarker: String?

    package init(elements: [Element], nextMarker: String?) {
        self.elements = elements
        self.nextMarker = nextMarker
    }
}

/// Markers are sealed, so that they tell nothing, and bound to operation and caller's account and Region,
/// so that one list's marker is refused by another.
extension KeyManagementService {
    /// The page a request asks for; `limitMax` is what the operation allows, which may be less than the model.
    ///
    /// - Throws: `.validation` for a limit above it, `.invalidMarker` for a marker this list did not give.
    func page(
        limit: Int?,
        marker: String?,
        default limitDefault: Int,
        max limitMax: Int,
        of list: String,
        for call: Call
    ) throws(KMSError) -> PageRequest {
        let limit = limit ?? limitDefault
        guard limit <= limitMax else {
            throw .validation(
                "1 validation error detected: Value '\(limit)' at 'limit' failed to satisfy constraint: "
                    + "Member must have value less than or equal to \(limitMax)"
            )
        }
        guard let marker else { return PageRequest(limit: limit, after: nil) }
        guard let sealed = Base64.decode(marker) else { throw .invalidMarker }
        do throws(CryptographyError) {
            let position = try KeyWrap(keyring: keyring, purpose: .markers).openRecord(
                sealed,
                authenticating: markerBinding(list, call)
            )
            return PageRequest(limit: limit, after: String(decoding: position, as: UTF8.self))
        } catch {
            throw .invalidMarker
        }
    }

    /// The marker with which a list goes on after an element.
    func marker(after position: String, of list: String, for call: Call) throws(KMSError) -> String {
        do throws(CryptographyError) {
            let sealed = try KeyWrap(keyring: keyring.settled(at: call.now), purpose: .markers).seal(
                SecretBytes(copying: position.utf8),
                authenticating: markerBinding(list, call)
            )
            return Base64.encode(sealed)
        } catch {
            throw .internalFailure
        }
    }

    /// Cuts a page from elements that were fetched with one more than the limit.
    func page<Element>(
        _ elements: [Element],
        _ request: PageRequest,
        of list: String,
        for call: Call,
        position: (Element) -> String
    ) throws(KMSError) -> Page<Element> {
        guard elements.count > request.limit else { return Page(elements: elements, nextMarker: nil) }
        let shown = Array(elements.prefix(request.limit))
        guard let last = shown.last else { return Page(elements: [], nextMarker: nil) }
        return Page(
            elements: shown,
            nextMarker: try marker(after: position(last), of: list, for: call)
        )
    }

    private func markerBinding(_ list: String, _ call: Call) -> [UInt8] {
        Array("\(list)\u{0}\(call.caller.account ?? "")\u{0}\(call.region)".utf8)
    }
}

extension OutputWriter {
    /// The members that end every list: `NextMarker` and `Truncated`.
    mutating func pageEnd(_ nextMarker: String?) {
        string("NextMarker", nextMarker)
        flag("Truncated", nextMarker != nil)
    }
}
