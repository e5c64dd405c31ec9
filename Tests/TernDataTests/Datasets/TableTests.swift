import Foundation
import TernCore
import TernData
import TernFormats
import TernTestSupport
import Testing

@Suite("Tables and arrays as datasets")
struct TableTests {
    static func table(_ text: String) throws(FormatError) -> CSVTable { try CSVTable(Array(text.utf8), name: "t.csv") }
    static let iris =
        "sepal,petal,species,id\n5.1,1.4,setosa,1\n7,4.7,versicolor,2\n6.3,?,virginica,3\n5,1.5,setosa,4\n"

    @Test("columns are inputs and targets, by name or by index")
    func columns() throws {
        let table = try Self.table(Self.iris)
        let one = try TensorDataset(table, inputs: ["sepal", "id"], target: 0)
        #expect(one.tensors.0 == [[5.1, 1], [7, 2], [6.3, 3], [5, 4]] && one.tensors.1 == [5.1, 7, 6.3, 5])
        let several = try TensorDataset(table, inputs: [0], targets: ["id", "sepal"], dtype: .float64)
        #expect(several.tensors.0.dtype == .float64 && several.tensors.1.shape == [4, 2])
        #expect(several.element(at: 1).1.array(of: Double.self) == [2, 7])
        let numbers = try Self.table("a,b,c\n1,2,3\n4,5,6\n")
        #expect(try TensorDataset(numbers, target: "b").tensors.0 == [[1, 3], [4, 6]])
    }

    @Test("a column of names becomes classes, and missing values what is asked for")
    func classes() throws {
        let table = try Self.table(Self.iris)
        let iris = try TensorDataset(table, inputs: ["sepal", "petal"], classes: "species", missing: .value(0))
        #expect(iris.classNames == ["setosa", "versicolor", "virginica"] && iris.classCounts == [2, 1, 1])
        #expect(iris.labels == [0, 1, 2, 0] && iris.tensors.0[2].array(of: Float.self) == [6.3, 0])
    }

    @Test("what is no number is an error with line and column")
    func errors() throws {
        let table = try Self.table(Self.iris)
        let word = #expect(throws: FormatError.self) { try TensorDataset(table, target: "id") }
        #expect(word?.description.hasPrefix("t.csv, line 2, column \"species\" (byte ") == true, "\(word!)")
        let missing = #expect(throws: FormatError.self) { try TensorDataset(table, inputs: ["petal"], target: "id") }
        #expect(missing?.description.contains("which stands for a missing value") == true)
        #expect(throws: FormatError.self) { try TensorDataset(table, target: "price") }
    }

    @Test("arrays that NumPy saved are a dataset", .enabled(if: Python.has("numpy")))
    func numpy() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/a.npz"
            _ = try Python.run(
                "import sys, numpy as np; np.savez(sys.argv[1], x=np.arange(12, dtype=np.float32).reshape(4, 3), "
                    + "y=np.array([1, 0, 2, 1]), short=np.zeros(3), one=np.float64(2))", [path])
            let file = try NPZFile(contentsOf: path)
            let data = try TensorDataset(file, inputs: "x", targets: "y", classNames: ["a", "b", "c"])
            #expect(data.count == 4 && data.element(at: 2).0 == [6, 7, 8] && data.classCounts == [1, 2, 1])
            #expect(try TensorDataset(file, inputs: "x").element(at: 3) == [9, 10, 11])
            let short = #expect(throws: FormatError.self) { try TensorDataset(file, inputs: "x", targets: "short") }
            #expect(short?.description == "\(path), \"short\": expected 4 rows, as many as inputs, found the shape [3]")
            let scalar = #expect(throws: FormatError.self) { try TensorDataset(file, inputs: "one", targets: "y") }
            #expect(scalar?.description == "\(path), \"one\": expected an array of rows, found the shape []")
            #expect(throws: FormatError.self) { try TensorDataset(file, inputs: "z") }
        }
    }

    static let boston = ProcessInfo.processInfo.environment["TERN_DATA"].map {
        $0 + "/boston_housing/boston_housing.csv"
    }

    @Test("Boston's houses", .enabled(if: boston != nil, "TERN_DATA names no folder with boston_housing/"))
    func realFile() throws {
        let boston = try BostonHousing(contentsOf: #require(Self.boston))
        let (features, prices) = boston.data.tensors
        #expect(features.shape == [506, 13] && prices.shape == [506] && features.dtype == .float32)
        #expect(boston.featureNames.count == 13 && boston.featureNames[5] == "rm")
        #expect(prices[..<3].array(of: Float.self) == [24, 21.6, 34.7])
        // From pandas: the means of prices and of taxes.
        #expect(
            abs(prices.mean().item() - 22.532806) < 1e-4 && abs(features[0..., 9].mean().item() - 408.237154) < 1e-3)
        let (training, validation) = boston.data.split(0.3, seed: 1)
        #expect(training.count == 354 && validation.count == 152)
    }

    @Test("Boston's houses as Keras keeps them, and what is something else")
    func bostonArrays() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/boston_housing.npz"
            let x = Tensor.arange(26, dtype: .float64).reshaped([2, 13])
            try NPZFile.write(["x": x, "y": Tensor([24, 21.5], dtype: .float64)], to: path)
            let boston = try BostonHousing(contentsOf: path)
            #expect(boston.data.tensors.0 == x.converted(to: .float32) && boston.data.tensors.1 == [24, 21.5])
            #expect(boston.featureNames.count == 13)
            #expect(try BostonHousing(contentsOf: folder).data.count == 2)
            try NPZFile.write(["x": x.transposed(0, 1), "y": Tensor.zeros([13])], to: path)
            #expect(
                #expect(throws: FormatError.self) { try BostonHousing(contentsOf: path) }?.description
                    == "\(path): expected floats x [N, 13] and y [N], found float64 [13, 2] and float32 [13]")
            try write(Array("a,b\n1,2\n".utf8), to: folder + "/b.csv")
            #expect(
                #expect(throws: FormatError.self) { try BostonHousing(contentsOf: folder + "/b.csv") }?.description
                    == "\(folder)/b.csv: expected 14 columns, the last with the price, found 2")
        }
    }
}
