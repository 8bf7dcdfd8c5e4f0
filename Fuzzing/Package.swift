// swift-tools-version: 6.2

import PackageDescription

/// The archive of libFuzzer without its `main`; unset where the toolchain has none, and then the driver brings
/// its own seeded generator.
let libFuzzer = Context.environment["STRONGROOM_LIBFUZZER"]
/// Whether memory errors are looked for too.
let usesAddressSanitizer = Context.environment["STRONGROOM_FUZZ_ADDRESS"] == "1"

/// The settings of ../Package.swift.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
let address = usesAddressSanitizer ? ["-sanitize=address"] : []
/// Counts every edge and comparison of our own code, and of no package from elsewhere, whose edges would drown it.
let coverage = "-sanitize-coverage=edge,indirect-calls,trace-cmp,inline-8bit-counters,pc-table"
/// `@testable`, so that targets reach parsers that are nobody else's business.
let testable = ["-enable-testing"]
let compiler: [SwiftSetting] =
    libFuzzer == nil
    ? strict + [.unsafeFlags(testable)]
    : strict + [.define("LIBFUZZER"), .unsafeFlags(testable + address + [coverage])]
let linker: [LinkerSetting] =
    libFuzzer.map { [.unsafeFlags(address + [$0, "-lstdc++"])] } ?? []

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

/// What a service stands on.
let service: [Target.Dependency] = [
    "AWSProtocol", "Authorization", "Cryptography", "Operations", "Storage", "Trail", crypto,
]

/// The modules under test, as links into ../Sources: a second build with its own flags, of the same files.
func linked(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "Sources/Linked/\(name)",
        exclude: exclude,
        swiftSettings: compiler
    )
}

let package = Package(
    name: "fuzzing",
    // With the versions of ../Package.swift.
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", path: "Sources/Linked/COpenSSL", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CFiles", path: "Sources/Linked/CFiles"),
        .systemLibrary(name: "CPKCS11", path: "Sources/Linked/CPKCS11"),
        .systemLibrary(name: "CSodium", path: "Sources/Linked/CSodium", pkgConfig: "libsodium"),
        linked("Cryptography", ["COpenSSL", "CPKCS11", "CSodium", crypto]),
        linked("AWSProtocol", ["COpenSSL", crypto]),
        linked("Authorization"),
        linked("Trail", ["CFiles", "COpenSSL", crypto]),
        // Without databases: the engine in memory is enough here.
        linked("Storage", ["Cryptography", crypto], exclude: ["PostgreSQL", "SQLite"]),
        linked("Operations", ["AWSProtocol", "Authorization", "Cryptography", "Trail"]),
        linked("Scheduling", ["AWSProtocol", "Operations", "Storage", "Trail"]),
        linked("IAM", service + [.product(name: "JWTKit", package: "jwt-kit")]),
        linked("KMS", service + ["Scheduling"]),
        linked("CloudTrail", service),
        linked("SecretsManager", service + ["KMS", "Scheduling"]),
        linked("KES", ["AWSProtocol", "Cryptography", crypto, .product(name: "Yams", package: "Yams")]),
        // Its routes and the fast lane's parsers.
        linked("KESServer", ["Doors"]),
        // Its limits and the reader of plain heads, which need no sockets either.
        linked("Doors"),
        // The gateway and the fast lane's parser: they know no sockets, so they need none of the packages that
        // listen.
        linked(
            "Server",
            [
                "AWSProtocol", "Authorization", "CloudTrail", "Cryptography", "Doors", "IAM", "KMS",
                "Operations",
                "SecretsManager", "Storage", "Trail",
            ]
        ),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "AWSProtocol", "Authorization", "CloudTrail", "Cryptography", "Doors", "IAM", "KES",
                "KESServer", "KMS", "Operations", "SecretsManager", "Server", "Storage", "Trail", crypto,
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: compiler
        ),
        .systemLibrary(name: "CFuzzer"),
        .executableTarget(
            name: "fuzz",
            dependencies: ["CFuzzer", "FuzzTargets"],
            swiftSettings: compiler,
            linkerSettings: linker
        ),
    ]
)
