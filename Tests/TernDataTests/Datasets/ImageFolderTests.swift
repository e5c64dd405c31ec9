import Foundation
import TernCore
import TernData
import TernFormats
import TernTestSupport
import TernTesting
import Testing

@Suite struct ImageFolderTests {
    /// Pictures of 2x3 pixels of one value each, and files that are none.
    static func withFolder(body: (String) throws -> Void) throws {
        try withTemporaryFolder { outer in
            let folder = outer + "/pets"
            let names = [
                "dogs/b.png", "dogs/a.PNG", "cats/10.png", "cats/2.png", "cats/old/1.png", "cats/Z.png", "Ants/x.y.png",
            ]
            for (number, name) in names.enumerated() {
                let path = folder + "/" + name
                try FileManager.default.createDirectory(
                    atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
                try write(PNG.encode(Tensor.full([3, 2, 3], number, dtype: .uint8)), to: path)
            }
            for name in ["readme.txt", "cats/notes.txt", "cats/.hidden.png", "cats/png", "loose.png"] {
                try write(Array("no picture".utf8), to: folder + "/" + name)
            }
            // A folder that is named as a picture, and pictures behind a link.
            try FileManager.default.createDirectory(atPath: folder + "/cats/no.png", withIntermediateDirectories: true)
            try FileManager.default.createDirectory(atPath: outer + "/linked", withIntermediateDirectories: true)
            try write(PNG.encode(Tensor.full([3, 2, 3], 9, dtype: .uint8)), to: outer + "/linked/9.png")
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/dogs/more", withDestinationPath: outer + "/linked")
            try body(folder)
        }
    }

    @Test("pictures are found by class, in the order of their paths, and read when asked for")
    func reading() throws {
        try Self.withFolder { folder in
            let pictures = try ImageFolder(contentsOf: folder)
            #expect(pictures.classNames == ["Ants", "cats", "dogs"] && pictures.classCounts == [1, 4, 3])
            #expect(
                pictures.names == [
                    "Ants/x.y.png", "cats/10.png", "cats/2.png", "cats/Z.png", "cats/old/1.png", "dogs/a.PNG",
                    "dogs/b.png", "dogs/more/9.png",
                ])
            let (images, labels) = try pictures.batch(at: [1, 6])
            #expect(images.shape == [2, 3, 2, 3] && images.dtype == .uint8 && labels.dtype == .int64)
            #expect(images[0..., 0, 0, 0].array(of: Int.self) == [2, 0] && labels.array(of: Int.self) == [1, 2])
            #expect(try pictures.split(0.5, stratified: true).validation.batch().0.shape == [4, 3, 2, 3])
            try checkDataset(pictures)
            try checkDataset(pictures.cached())

            let some = try ImageFolder(contentsOf: folder, channels: .grey, classNames: ["dogs", "cats"])
            #expect(some.labels == [0, 0, 0, 1, 1, 1, 1] && some.names[0] == "dogs/a.PNG")
            #expect(try some.element(at: 0).0.shape == [1, 2, 3])
        }
    }

    @Test("links that lead back to where they are end in an error")
    func loop() throws {
        try withTemporaryFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/cats", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/cats/again", withDestinationPath: folder + "/cats")
            let error = #expect(throws: FormatError.self) { try ImageFolder(contentsOf: folder) }
            #expect(error?.file == folder + "/cats/again" && error?.expected == "a folder of its own")
        }
    }

    @Test("torchvision's ImageFolder finds the same", .enabled(if: Python.has("torchvision")))
    func torchvision() throws {
        try Self.withFolder { folder in
            // The compiled part of torchvision does not load everywhere: its operators are declared first.
            let script = """
                import re, sys, torch
                library = torch.library.Library("torchvision", "DEF")
                for _ in range(60):
                    try:
                        import torchvision
                        break
                    except RuntimeError as e:
                        name = re.search(r"operator torchvision::(\\w+) does not exist", str(e))
                        if not name: raise
                        library.define(f"{name[1]}(Tensor a) -> Tensor")
                        for k in [k for k in sys.modules if k.startswith("torchvision")]: del sys.modules[k]
                from torchvision.datasets.folder import ImageFolder, find_classes, make_dataset
                classes, numbers = find_classes(sys.argv[1])
                found = make_dataset(sys.argv[1], numbers, extensions=(".png", ".ppm", ".pgm", ".jpg", ".jpeg"))
                for path, label in found: print(path[len(sys.argv[1]) + 1:], label)
                """
            let pictures = try ImageFolder(contentsOf: folder)
            let ours = zip(pictures.names, pictures.labels).map { "\($0) \($1)" }
            // It opens hidden files too.
            let theirs = try Python.run(script, [folder]).split(separator: "\n").map(String.init).filter {
                !$0.contains("/.")
            }
            #expect(ours == theirs)
        }
    }

    @Test("what cannot be read is an error that names the file")
    func errors() throws {
        try Self.withFolder { folder in
            try write([1, 2, 3, 4], to: folder + "/cats/2.png")
            let pictures = try ImageFolder(contentsOf: folder)
            let error = #expect(throws: FormatError.self) { try pictures.batch(at: [1, 2]) }
            #expect(error?.file == folder + "/cats/2.png")
            try FileManager.default.removeItem(atPath: folder + "/dogs/b.png")
            #expect(
                #expect(throws: FormatError.self) { try pictures.element(at: 6) }?.description
                    == "\(folder)/dogs/b.png: expected a readable file, found No such file or directory")
            let missing = #expect(throws: FormatError.self) {
                try ImageFolder(contentsOf: folder, classNames: ["cats", "cows"])
            }
            #expect(missing?.description == "\(folder), \"cows\": expected a folder of pictures, found none")
            try FileManager.default.createDirectory(atPath: folder + "/empty", withIntermediateDirectories: true)
            let none = #expect(throws: FormatError.self) { try ImageFolder(contentsOf: folder + "/empty") }
            #expect(none?.description == "\(folder)/empty: expected a folder of pictures for each class, found none")
            #expect(throws: FormatError.self) { try ImageFolder(contentsOf: folder + "/nowhere") }
        }
    }

    @Test("a ZIP archive is read as a folder")
    func archive() throws {
        try withTemporaryFolder { folder in
            var archive = try ZipWriter(folder + "/pets.zip")
            try archive.append("dogs/1.png", PNG.encode(Tensor.full([1, 2, 2], 7, dtype: .uint8)))
            try archive.append("cats/1.png", [0, 1])
            try archive.append("readme.txt", Array("pets".utf8))
            try archive.finish()
            let pets = try ImageFolder(contentsOf: folder + "/pets.zip")
            #expect(pets.names == ["cats/1.png", "dogs/1.png"])
            let (image, label) = try pets.element(at: 1)
            #expect(image == Tensor.full([3, 2, 2], 7, dtype: .uint8) && label.item() == 1)
            let error = #expect(throws: FormatError.self) { try pets.element(at: 0) }
            #expect(error?.file == folder + "/pets.zip/cats/1.png")
        }
    }
}
