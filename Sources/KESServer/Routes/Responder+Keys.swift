import AWSProtocol
import Cryptography
import KES

/// The routes that make, show and remove keys.
extension Responder {
    func create(_ request: KESRequest) throws(KESError) -> Answer {
        let name = try KeyName(request.resource)
        let creator = request.identity?.text ?? ""
        return later { () throws(KESError) in
            try await state.keys.create(name, by: creator)
            return .empty
        }
    }

    func importKey(_ request: KESRequest) throws(KESError) -> Answer {
        let name = try KeyName(request.resource)
        guard let body = try? request.object(), let cipher = body["cipher"].map({ $0.text }) ?? "",
            let bytes = try? body.bytes("key")
        else { throw .invalidImportBody }
        let material = SharedSecret(SecretBytes(copying: bytes))
        let creator = request.identity?.text ?? ""
        return later { () throws(KESError) in
            try await state.keys.importKey(name, material, cipher: cipher, by: creator)
            return .empty
        }
    }

    func delete(_ request: KESRequest) throws(KESError) -> Answer {
        let name = try KeyName(request.resource)
        return later { () throws(KESError) in
            try await state.keys.delete(name)
            return .empty
        }
    }

    func describe(_ request: KESRequest) throws(KESError) -> Answer {
        let name = try KeyName(request.resource)
        return later { () throws(KESError) in
            let key = try await state.keys.describe(name)
            return .object {
                $0.member("name", key.name.text)
                $0.member("algorithm", key.algorithm)
                if let moment = key.createdAt { $0.member("created_at", moment.rfc3339) }
                if !key.createdBy.isEmpty { $0.member("created_by", key.createdBy) }
            }
        }
    }

    func list(_ request: KESRequest) throws(KESError) -> Answer {
        let pattern = try ListPattern(request.resource)
        return later { () throws(KESError) in
            guard request.wantsLines else {
                let page = try await state.keys.list(pattern)
                return .object { text in
                    text.member("names")
                    text.array(page.names) { $0.string($1) }
                    if let next = page.continueAt { text.member("continue_at", next) }
                }
            }
            // The older form has no pages.
            let names = try await state.keys.allNames(prefix: pattern.prefix)
            return .lines(names) { text, name in text.object { $0.member("name", name) } }
        }
    }
}

extension KESResponse {
    /// A listing of the older form: one object a line.
    static func lines<Item>(
        _ items: some Sequence<Item>,
        _ object: (inout JSONText, Item) -> Void
    ) -> KESResponse {
        var text = JSONText()
        for item in items {
            object(&text, item)
            text.raw("\n")
        }
        return KESResponse(status: 200, contentType: "application/x-ndjson", body: text.bytes)
    }
}
