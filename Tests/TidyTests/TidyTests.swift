import Testing

/// What the style guide asks and a machine can see.
@Suite("The source tree")
struct TidyTests {
    private let tree: SourceTree

    init() throws {
        tree = try SourceTree()
    }

    @Test func `is found`() {
        #expect(tree.sources.count > 100)
    }

    @Test func `has no file over 400 lines`() {
        let long = tree.files.filter { $0.lines.count > 401 }.map {
            Finding(path: $0.path, line: nil, text: "\($0.lines.count) lines")
        }
        #expect(long.isEmpty, "\(long)")
    }

    @Test func `has no function over 70 lines`() {
        let long = tree.files.flatMap { FunctionLengths.findings(in: $0, linesMax: 70) }
        #expect(long.isEmpty, "\(long)")
    }

    /// Words that sources never have, and what to write instead.
    private static let banned: [(word: String, instead: String)] = [
        ("try!", "throw the error on"),
        ("as!", "as? with a thrown error"),
        ("fatalError(", "precondition with a sentence, or a thrown error"),
        ("Date()", "a date that is a parameter"),
        ("Date.now", "a date that is a parameter"),
        ("TODO", "the work"),
        ("FIXME", "the work"),
        ("for now", "the work"),
        ("print(", "a logger, or FileHandle in the command line"),
        ("catch { }", "what to do about the error"),
        ("catch {}", "what to do about the error"),
    ]

    /// The two places where the present moment enters the program, and the command line, which prints.
    private static let exempt: [String: [String]] = [
        "Date.now": ["Sources/strongroom/", "Sources/kes/", "Sources/Server/Clock"],
        "print(": ["Sources/strongroom/", "Sources/kes/"],
    ]

    @Test(arguments: banned.map(\.word)) func `never writes`(_ word: String) throws {
        let instead = try #require(Self.banned.first { $0.word == word }?.instead)
        let findings = tree.sources
            .filter { file in
                !(Self.exempt[word] ?? []).contains { file.path.hasPrefix($0) }
            }
            .flatMap { file in
                file.lines.enumerated().filter { $0.element.containsWord(word) }.map {
                    Finding(path: file.path, line: $0.offset + 1, text: "\(word): write \(instead)")
                }
            }
        #expect(findings.isEmpty, "\(findings)")
    }

    /// What each target may import besides the standard library and Foundation.
    private static let allowedImports: [String: Set<String>] = [
        "Cryptography": ["COpenSSL", "CPKCS11", "CSodium", "Crypto"],
        "AWSProtocol": ["COpenSSL", "Crypto"],
        "Authorization": [],
        "Trail": ["CFiles", "COpenSSL", "Crypto"],
        "Storage": ["CPostgreSQL", "Crypto", "Cryptography", "GRDB", "GRDBSQLite"],
        "StorageTesting": ["Storage", "Testing"],
        "OperationsTesting": [
            "AWSProtocol", "Authorization", "Crypto", "Operations", "Testing", "Trail",
        ],
        "Operations": ["AWSProtocol", "Authorization", "Cryptography", "Trail"],
        "Scheduling": ["AWSProtocol", "Operations", "Storage", "Trail"],
        "IAM": [
            "AWSProtocol", "Authorization", "Cryptography", "Crypto", "JWTKit", "Operations", "Storage",
            "Trail",
        ],
        "BenchmarkKit": [],
        "Doors": ["CProcess", "NIOCore", "NIOTLS"],
        "KESServer": [
            "AWSProtocol", "Crypto", "Cryptography", "Doors", "KES", "NIOCore", "NIOExtras", "NIOHPACK",
            "NIOHTTP1", "NIOHTTP2", "NIOPosix", "NIOSSL", "NIOTLS", "SwiftASN1", "X509",
        ],
        "KES": ["AWSProtocol", "Crypto", "Cryptography", "Yams"],
        "KESTesting": ["Cryptography", "KES", "Testing"],
        "Rotators": [
            "AWSProtocol", "Crypto", "Cryptography", "NIOCore", "NIOPosix", "NIOSSL", "SecretsManager",
            "Storage",
        ],
        "CloudTrail": [
            "AWSProtocol", "Authorization", "Crypto", "Cryptography", "Operations", "Storage", "Trail",
        ],
        "KMS": [
            "AWSProtocol", "Authorization", "Cryptography", "Crypto", "Operations", "Scheduling", "Storage",
            "Trail",
        ],
        "SecretsManager": [
            "AWSProtocol", "Authorization", "Crypto", "Cryptography", "KMS", "Operations", "Scheduling",
            "Storage", "Trail",
        ],
    ]

    private static let platform: Set<String> = [
        "Foundation", "FoundationEssentials", "Glibc", "Musl", "Synchronization", "Swift", "Dispatch",
    ]

    @Test(arguments: allowedImports.keys.sorted())
    func `imports only from floors below`(_ target: String) throws {
        let allowed = try #require(Self.allowedImports[target]).union(Self.platform)
        let files = tree.sources.filter { $0.target == target }
        #expect(!files.isEmpty, "there is no target \(target)")
        let findings = files.flatMap { file in
            file.lines.enumerated().compactMap { index, line -> Finding? in
                guard let module = line.importedModule, !allowed.contains(module) else { return nil }
                return Finding(path: file.path, line: index + 1, text: "imports \(module)")
            }
        }
        #expect(findings.isEmpty, "\(findings)")
    }

    @Test func `proves in a comment what the compiler is told to believe`() {
        let findings = tree.sources.flatMap { file in
            file.lines.indices.filter { index in
                let line = file.lines[index]
                guard line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") else {
                    return false
                }
                return !file.lines[max(0, index - 4)...index + 2].contains { $0.contains("Unchecked:") }
            }.map { Finding(path: file.path, line: $0 + 1, text: "no comment says why this is safe") }
        }
        #expect(findings.isEmpty, "\(findings)")
    }

    @Test func `shows nothing to strangers`() {
        let findings = tree.sources.flatMap { file in
            file.lines.enumerated().filter { $0.element.drop { $0 == " " }.hasPrefix("public ") }.map {
                Finding(path: file.path, line: $0.offset + 1, text: "public")
            }
        }
        #expect(findings.isEmpty, "\(findings)")
    }

    @Test func `encodes no secret type`() {
        let secrets = ["SecretBytes", "SymmetricKey", "AsymmetricKey", "MACKey", "Redacted"]
        let findings = tree.sources.flatMap { file in
            file.lines.enumerated().filter { _, line in
                secrets.contains {
                    line.contains("extension \($0): Codable") || line.contains("struct \($0): Codable")
                }
            }.map { Finding(path: file.path, line: $0.offset + 1, text: "a secret type is Codable") }
        }
        #expect(findings.isEmpty, "\(findings)")
    }

    @Test func `has a test for every operation`() {
        let operations = tree.sources.filter { $0.path.contains("/Operations/") && $0.target == "KMS" }
            .compactMap { $0.path.split(separator: "/").last?.dropLast(".swift".count) }
        #expect(operations.count == 54)
        let tests = tree.files.filter { $0.path.hasPrefix("Tests/KMSTests/") }
            .map { $0.lines.joined(separator: "\n") }
        let untested = operations.filter { operation in !tests.contains { $0.contains("\"\(operation)\"") } }
        #expect(untested.isEmpty, "\(untested)")
    }
}
