import FuzzTargets
import Glibc

/// `fuzz list`, `fuzz seeds DIRECTORY`, or `fuzz TARGET` with the options and folders of libFuzzer.
let arguments = CommandLine.arguments.dropFirst()

switch (arguments.first, arguments.dropFirst().first) {
case ("list", _):
    for target in FuzzTarget.all { print(target.name, target.bytesMax) }
case ("seeds", let directory?):
    for target in FuzzTarget.all { SeedFiles.write(target, below: directory) }
case (let name?, _):
    guard let target = FuzzTarget.named(name) else {
        complain("fuzz: there is no target \(name)")
        exit(2)
    }
    target.prepare()
    exit(Engine.run(target, Array(arguments.dropFirst())))
default:
    complain("usage: fuzz list | seeds DIRECTORY | TARGET [OPTION…] [FOLDER…]")
    exit(2)
}
