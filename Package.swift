// swift-tools-version: 6.2

import PackageDescription

/// Settings of every target: warnings are errors, and what a signature shows must be imported as such.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
    // A request goes through all floors: without this no call across modules is specialised or inlined.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

/// One floor below another: ARCHITECTURE.md, "The floors".
let floors: [Target] = [
    // Floor 1: no I/O in the first, no domain in the second.
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CPKCS11"),
    .target(
        name: "Cryptography",
        dependencies: ["COpenSSL", "CPKCS11", "CSodium", crypto]
    ),
    .target(name: "AWSProtocol", dependencies: ["COpenSSL", crypto]),

    // Floor 2: what all services share.
    .target(name: "Authorization"),
    .systemLibrary(name: "CFiles"),
    .target(name: "Trail", dependencies: ["CFiles", "COpenSSL", crypto]),
    .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(
        name: "Storage",
        dependencies: [
            "CPostgreSQL", "Cryptography", crypto, .product(name: "GRDB", package: "GRDB.swift"),
            .product(name: "GRDBSQLite", package: "GRDB.swift"),
        ]
    ),
    .target(name: "StorageTesting", dependencies: ["Storage"]),
    .target(name: "Operations", dependencies: ["AWSProtocol", "Authorization", "Cryptography", "Trail"]),
    .target(
        name: "OperationsTesting",
        dependencies: ["AWSProtocol", "Authorization", "Operations", "Trail", crypto]
    ),
    .target(name: "Scheduling", dependencies: ["AWSProtocol", "Operations", "Storage", "Trail"]),

    // Floor 3: one module a service.
    .target(
        name: "IAM",
        dependencies: [
            "AWSProtocol", "Authorization", "Cryptography", "Operations", "Storage", "Trail", crypto,
            .product(name: "JWTKit", package: "jwt-kit"),
        ]
    ),
    .target(
        name: "KMS",
        dependencies: [
            "AWSProtocol", "Authorization", "Cryptography", "Operations", "Scheduling", "Storage", "Trail",
            crypto,
        ]
    ),
    .target(
        name: "CloudTrail",
        dependencies: [
            "AWSProtocol", "Authorization", "Cryptography", "Operations", "Storage", "Trail", crypto,
        ]
    ),

    // It keeps values under keys of KMS.
    .target(
        name: "SecretsManager",
        dependencies: [
            "AWSProtocol", "Authorization", "Cryptography", "KMS", "Operations", "Scheduling", "Storage",
            "Trail", crypto,
        ]
    ),
    .target(
        name: "KES",
        dependencies: [
            "AWSProtocol", "Cryptography", crypto, .product(name: "Yams", package: "Yams"),
        ]
    ),
    .target(name: "KESTesting", dependencies: ["Cryptography", "KES"]),
    // What connects KES's key stores to the network: of floor 4.
    .target(
        name: "KeyStores",
        dependencies: [
            "Cryptography", "KES", "Storage",
            .product(name: "AsyncHTTPClient", package: "async-http-client"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
        ]
    ),

    // Rotators of databases: of floor 4, as what they call is a network away.
    .target(
        name: "Rotators",
        dependencies: [
            "AWSProtocol", "Cryptography", "SecretsManager", "Storage", crypto,
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
        ]
    ),

    // Floor 4: everything that listens.
    .systemLibrary(name: "CProcess"),
    .target(
        name: "Doors",
        dependencies: [
            "CProcess", .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOTLS", package: "swift-nio"),
        ]
    ),
    .target(
        name: "KESServer",
        dependencies: [
            "AWSProtocol", "Cryptography", "Doors", "KES", crypto,
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOExtras", package: "swift-nio-extras"),
            .product(name: "NIOHPACK", package: "swift-nio-http2"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOHTTP2", package: "swift-nio-http2"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
            .product(name: "NIOTLS", package: "swift-nio"),
            .product(name: "SwiftASN1", package: "swift-asn1"),
            .product(name: "X509", package: "swift-certificates"),
        ]
    ),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(
        name: "Server",
        dependencies: [
            "AWSProtocol", "Authorization", "CCurl", "CProcess", "CloudTrail", "Cryptography", "Doors", "IAM",
            "KES", "KESServer", "KMS", "KeyStores", "Operations", "Rotators", "Scheduling", "SecretsManager",
            "Storage", "Trail", crypto,
            .product(name: "AsyncHTTPClient", package: "async-http-client"),
            .product(name: "Configuration", package: "swift-configuration"),
            .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "HummingbirdCore", package: "hummingbird"),
            .product(name: "HummingbirdTLS", package: "hummingbird"),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
            .product(name: "NIOTLS", package: "swift-nio"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            .product(name: "SystemPackage", package: "swift-system"),
            .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        ]
    ),

    // Floor 5: thin executables.
    .executableTarget(
        name: "strongroom",
        dependencies: [
            "AWSProtocol", "Cryptography", "Doors", "IAM", "SecretsManager", "Server", "Storage", "Trail",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
            .product(name: "Logging", package: "swift-log"),
        ]
    ),
    .executableTarget(
        name: "kes",
        dependencies: [
            "AWSProtocol", "Cryptography", "Doors", "KES", "KESServer", "KeyStores", "Server",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
            .product(name: "AsyncHTTPClient", package: "async-http-client"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
            .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        ]
    ),
]

/// What `make bench` runs; no part of the product.
let benchmarks: [Target] = [
    .systemLibrary(name: "CBenchmark", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
    .target(name: "BenchmarkKit"),
    .executableTarget(
        name: "strongroom-bench",
        dependencies: [
            "BenchmarkKit", "CBenchmark", "Cryptography", "Trail", crypto,
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
        ]
    ),
]

/// Tests mirror the sources; the tidy test reads them all.
let suites: [Target] = [
    .testTarget(
        name: "CryptographyTests",
        dependencies: ["COpenSSL", "CPKCS11", "Cryptography", crypto]
    ),
    .testTarget(name: "AWSProtocolTests", dependencies: ["AWSProtocol", crypto], exclude: ["Golden"]),
    .testTarget(name: "AuthorizationTests", dependencies: ["Authorization", "OperationsTesting"]),
    .testTarget(name: "TrailTests", dependencies: ["Trail", crypto]),
    .testTarget(
        name: "StorageTests",
        dependencies: [
            "Storage", "StorageTesting", "Cryptography", .product(name: "GRDB", package: "GRDB.swift"),
            .product(name: "GRDBSQLite", package: "GRDB.swift"),
        ]
    ),
    .testTarget(name: "OperationsTests", dependencies: ["Operations", "AWSProtocol"]),
    .testTarget(
        name: "IAMTests",
        dependencies: [
            "IAM", "AWSProtocol", "Authorization", "Cryptography", "Operations", "OperationsTesting",
            "Storage",
            "Trail", crypto, .product(name: "CryptoExtras", package: "swift-crypto"),
        ]
    ),
    .testTarget(
        name: "KMSTests",
        dependencies: [
            "KMS", "AWSProtocol", "Authorization", "Cryptography", "Operations", "OperationsTesting",
            "Scheduling", "Storage", "Trail", crypto,
        ]
    ),
    .testTarget(
        name: "CloudTrailTests",
        dependencies: [
            "CloudTrail", "AWSProtocol", "Authorization", "Cryptography", "Operations", "OperationsTesting",
            "Storage", "Trail", crypto,
        ]
    ),
    .testTarget(
        name: "SecretsManagerTests",
        dependencies: [
            "SecretsManager", "AWSProtocol", "Authorization", "Cryptography", "KMS", "Operations",
            "OperationsTesting", "Scheduling", "Storage", "Trail", crypto,
        ]
    ),
    .testTarget(
        name: "RotatorsTests",
        dependencies: [
            "Rotators", "AWSProtocol", "Cryptography", "SecretsManager", "Storage",
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOEmbedded", package: "swift-nio"),
        ]
    ),
    .testTarget(
        name: "KESTests",
        dependencies: [
            "AWSProtocol", "Cryptography", "KES", "KESTesting", "KeyStores", "Storage", crypto,
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
        ]
    ),
    .testTarget(
        name: "KESServerTests",
        dependencies: [
            "Cryptography", "Doors", "KES", "KESServer",
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOEmbedded", package: "swift-nio"),
            .product(name: "NIOHPACK", package: "swift-nio-http2"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
        ]
    ),
    .testTarget(
        name: "ServerTests",
        dependencies: [
            "Server", "AWSProtocol", "Authorization", "Cryptography", "Doors", "IAM", "KMS", "Operations",
            "SecretsManager", "Storage", "Trail",
            .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOEmbedded", package: "swift-nio"),
            .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        ]
    ),
    .testTarget(name: "BenchmarkKitTests", dependencies: ["BenchmarkKit"]),
    .testTarget(name: "TidyTests"),
]

let package = Package(
    name: "strongroom",
    dependencies: [
        // Hashes, HMAC, Ed25519 and ML-DSA.
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        // What the server says to its operator.
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        // Event loops, channels and the HTTP/1 codec below Hummingbird.
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        // Calls to another KMS that keeps the seal's key.
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        // The KES door over HTTP/2.
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        // Certificates that `kes identity new` makes, and those that clients show.
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
        // Their PEM form.
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
        // TLS of the doors.
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        // The command line.
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        // Flags over variables over a YAML file.
        .package(
            url: "https://github.com/apple/swift-configuration.git",
            from: "1.4.0",
            traits: ["CommandLineArguments", "YAML"]
        ),
        // SQLite.
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        // The HTTP server.
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        // Hummingbird's requests and answers.
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        // The same types inside of a NIO pipeline.
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        // File paths for the configuration.
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
        // KES's configuration file, with the lines of what is wrong in it.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // Signatures of identity providers' tokens.
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.1"),
        // Starting, stopping and signals.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: floors + benchmarks + suites
)

for target in package.targets where target.type != .system {
    target.swiftSettings = strict
}
