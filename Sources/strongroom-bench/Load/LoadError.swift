/// Why a load cannot be given, or has ended early.
enum LoadError: Error {
    case address(String)
    case process(Int32)
    case openFiles(wanted: Int, allowed: Int)
    case system(call: StaticString, reason: String)
    case tls(String)
    case answer(String)
}

extension LoadError: CustomStringConvertible {
    var description: String {
        switch self {
        case .address(let text): "\(text) is no IPv4 address with a port"
        case .process(let process): "there is no process \(process)"
        case .openFiles(let wanted, let allowed):
            "\(wanted) connections need as many open files, and \(allowed) are allowed"
        case .system(let call, let reason): "\(call): \(reason)"
        case .tls(let reason): "TLS: \(reason)"
        case .answer(let reason): "answer: \(reason)"
        }
    }
}
