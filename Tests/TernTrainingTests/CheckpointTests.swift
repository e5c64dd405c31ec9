import Foundation
import Tern
import TernTestSupport
import Testing

@Suite("Checkpoints") struct CheckpointTests {
    static let sample = Checkpoint(parts: [
        "model": ["weight": .tensor([[1, 2], [3, 4]]), "flags": .tensor(Tensor([true, false]))],
        "values": [
            "text": "two\nlines = \"x\" ö", "empty": "", "integer": -3, "number": 0.1, "infinite": .number(-.infinity),
            "tensor": .tensor(Tensor([Int64.min, .max])), "dotted.name": 1,
        ],
        "nothing": [:],
    ])

    @Test("all kinds of values come back, bit for bit")
    func roundTrip() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/sample.safetensors"
            try Self.sample.write(to: path)
            #expect(try Checkpoint(contentsOf: path) == Self.sample)

            var numbers: [String: StateValue] = [:]
            for (i, value) in [Double.nan, 0, -0.0, .leastNonzeroMagnitude, .pi, 1e300].enumerated() {
                numbers["\(i)"] = .number(value)
            }
            try Checkpoint(parts: ["numbers": numbers]).write(to: path)
            let read = try Checkpoint(contentsOf: path).parts["numbers"]!
            for (name, value) in numbers {
                #expect(read[name]!.number!.bitPattern == value.number!.bitPattern)
            }
        }
    }

    @Test("the file is a safetensors file that says what it holds")
    func file() throws {
        try withTemporaryFolder { folder in
            try Self.sample.write(to: folder + "/sample")
            let file = try SafetensorsFile(contentsOf: folder + "/sample")
            #expect(file.names.sorted() == ["model.flags", "model.weight", "values.tensor"])
            #expect(
                file.metadata == [
                    "tern.checkpoint": "1", "tern.parts": "model\nnothing\nvalues", "tern.checksum": "crc32 1f9c90a1",
                    "values.text": "text two\nlines = \"x\" ö", "values.empty": "text ", "values.integer": "integer -3",
                    "values.number": "number 0.1", "values.infinite": "number -inf", "values.dotted.name": "integer 1",
                ])
        }
    }

    @Test("what is cut or changed at any byte is not taken for whole")
    func damage() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/damaged"
            try Self.sample.write(to: path)
            let whole = try bytes(ofFile: path)
            for count in 0..<whole.count {
                try write(whole[..<count], to: path)
                #expect(throws: CheckpointError.self, "cut to \(count) bytes") { try Checkpoint(contentsOf: path) }
            }
            let headerSize = Int(whole[0]) + Int(whole[1]) << 8
            var unnoticed = 0
            for index in whole.indices {
                var changed = whole
                changed[index] ^= index % 2 == 0 ? 0x01 : 0x20
                try write(changed, to: path)
                guard let read = try? Checkpoint(contentsOf: path) else { continue }
                // White space around the header's text may be another one.
                #expect(index >= headerSize - 8 && index < 8 + headerSize && read == Self.sample, "byte \(index)")
                unnoticed += 1
            }
            #expect(unnoticed <= 8)
        }
    }

    @Test("errors say which file, and what is wrong with it")
    func errors() throws {
        try withTemporaryFolder { folder in
            let files: [([String: String], String)] = [
                ([:], "expected a checkpoint of Tern, found another safetensors file"),
                (
                    ["tern.checkpoint": "2", "new": "things"],
                    "expected a checkpoint of version 1 or before, found version 2: a later version of Tern wrote it"
                ),
                (
                    ["tern.checkpoint": "1", "tern.checksum": "crc32 00000000"],
                    "expected contents with the checksum crc32 00000000, found crc32 d91d4f0d"
                ),
                (["tern.checkpoint": "1"], "expected contents with the checksum of a checkpoint, found crc32 d91d4f0d"),
            ]
            for (metadata, message) in files {
                try SafetensorsFile.write(["model.x": [1]], metadata: metadata, to: folder + "/file")
                let error = #expect(throws: CheckpointError.self) { try Checkpoint(contentsOf: folder + "/file") }
                #expect("\(error!)" == "\(folder)/file: \(message)")
            }
            try SafetensorsFile.write([:], metadata: ["tern.checkpoint": "0"], to: folder + "/file")
            #expect(
                throws: CheckpointError.file(
                    FormatError(
                        folder + "/file", at: .key("tern.checkpoint"), expected: "a version from 1 on",
                        found: "\"0\""))
            ) { try Checkpoint(contentsOf: folder + "/file") }
            let missing = #expect(throws: CheckpointError.self) { try Checkpoint(contentsOf: folder + "/missing") }
            #expect(
                "\(missing!)" == folder + "/missing: expected a readable file, found No such file or directory")
        }
    }

    @Test("a setting of any value, NaN too, agrees with itself after it went through a file")
    func everySetting() throws {
        let settings: [String: StateValue] = [
            "nan": .number(.nan), "-nan": .number(-.nan), "infinity": .number(-.infinity), "zero": .number(-0.0),
            "small": .number(.leastNonzeroMagnitude), "large": .integer(.max), "least": .integer(.min), "empty": "",
            "lines": "a\r\nb\n\u{0}é.\"", "": 1, "a.b": 2, "scalar": .tensor(Tensor(Float.nan)),
            "nans": .tensor(Tensor([1, Float.nan, -Float.infinity])), "none": .tensor(.zeros([0, 2])),
            "flags": .tensor(Tensor(shape: [2], values: [true, false])),
        ]
        try withTemporaryFolder { folder in
            let training = TrainingState(generators: [:])
            training.require(settings)
            training.values = settings
            try training.checkpoint().write(to: folder + "/x")
            let checkpoint = try Checkpoint(contentsOf: folder + "/x")
            #expect(checkpoint == training.checkpoint())
            try training.restore(checkpoint)
            for name in ["nan", "nans", "scalar"] {
                training.require([name: name == "nan" ? 0.5 : .tensor(Tensor([Float(1), 2, 3]))])
                #expect(throws: CheckpointError.self) { try training.restore(checkpoint) }
                training.require([name: settings[name]!])
            }
        }
    }

    @Test("everything that does not fit is said at once, and nothing is changed")
    func mismatch() throws {
        let saved = SmallNet()
        let training = TrainingState(model: saved, optimizer: Adam(saved.parameters))
        training.require(["batch": 64, "rate": 0.5])
        var checkpoint = training.checkpoint()
        checkpoint = Checkpoint(
            parts: checkpoint.parts.merging([
                "model": checkpoint.parts["model"]!.filter { $0.key != "first.bias" }.merging(
                    ["first.weight": .tensor(.zeros([6, 5])), "third": .tensor([1])]) { $1 },
                "random": ["key": "seven"],
                "position": ["epoch": -1, "step": 2, "totalSteps": 0.5],
                "scheduler": ["steps": 1, "more": 2],
            ]) { $1 })

        let model = SmallNet()
        let optimizer = SGD(model.parameters, learningRate: 1)
        let other = TrainingState(
            model: model, optimizer: optimizer, scheduler: LearningRateScheduler(optimizer, ConstantSchedule(1)))
        other.keep(History(), as: "history")
        other.require(["batch": 32, "rate": 0.5, "new": 1])
        let before = other.checkpoint()
        let error = #expect(throws: CheckpointError.self) { try other.restore(checkpoint) }
        #expect(
            "\(error!)" == """
                checkpoint: the checkpoint does not fit this training:
                  settings: batch is 32 now, and 64 in the checkpoint
                  model: missing: first.bias
                  model: unexpected: third
                  model: first.weight: expects [6, 4], got [6, 5]
                  scheduler: unexpected: more
                  optimizer: type: expects SGD, got Adam
                  random: missing: counter
                  random: key: expects an integer in -9223372036854775808...9223372036854775807, got the text "seven"
                  history: not in the checkpoint
                  position: epoch: expects an integer of at least 0, got the integer -1
                  position: totalSteps: expects an integer of at least 0, got the number 0.5
                """)
        #expect(other.checkpoint() == before)
    }

    @Test("an optimizer's checkpoint must have its groups, settings and states")
    func optimizerMismatch() throws {
        let model = SmallNet()
        let training = TrainingState(model: model, optimizer: Adam(model.parameters))
        let groups = TrainingState(
            model: model,
            optimizer: Adam(groups: [
                ParameterGroup(model.first.parameters, Adam.Rule()),
                ParameterGroup(model.second.parameters, Adam.Rule()),
            ]))
        let one = TrainingState(model: model, optimizer: Adam(model.second.parameters))
        func problems(_ checkpoint: Checkpoint, _ training: TrainingState) -> [String] {
            do throws(CheckpointError) { try training.restore(checkpoint) } catch {
                if case .mismatch(_, let problems) = error { return problems }
            }
            return []
        }
        #expect(problems(training.checkpoint(), groups) == ["optimizer: groups: expects 2, got 1"])
        #expect(
            problems(training.checkpoint(), one) == [
                "optimizer: group 0.parameters: expects second.weight, second.bias, got first.weight, "
                    + "first.bias, norm.weight, norm.bias, second.weight, second.bias"
            ])
        var parts = training.checkpoint().parts
        parts["optimizer"]!["group 0.beta1"] = .number(1.5)
        parts["optimizer"]!["group 0.epsilon"] = nil
        parts["optimizer"]!["group 0.nesterov"] = 1
        for (name, tensor): (String, Tensor) in [("step", Tensor([Float.nan])), ("exp_avg", [1])] {
            parts["optimizer"]!["state.second.bias.\(name)"] = .tensor(tensor)
        }
        #expect(
            problems(Checkpoint(parts: parts), training) == [
                "optimizer: missing: group 0.epsilon, state.second.bias.exp_avg_sq",
                "optimizer: unexpected: group 0.nesterov",
                "optimizer: state.second.bias.exp_avg: expects [3], got [1]",
                "optimizer: group 0: betas must be in 0..<1, got 1.5",
                "optimizer: state.second.bias.step: expects a number of updates, got float32 nan",
            ])
    }

    @Test("a model alone is saved, and loaded from the checkpoint of a whole training too")
    func subsets() throws {
        let model = SmallNet()
        let whole = TrainingState(model: model, optimizer: Adam(model.parameters))
        let copy = SmallNet(isLazy: true)
        try TrainingState(model: copy).restore(whole.checkpoint())
        #expect(copy.stateDictionary() == model.stateDictionary())

        let error = #expect(throws: CheckpointError.self) {
            try whole.restore(TrainingState(model: model).checkpoint())
        }
        #expect(error == .mismatch(file: "checkpoint", problems: ["optimizer: not in the checkpoint"]))

        let critic = SmallNet()
        let two = TrainingState(model: model, generators: [:])
        two.keep(critic, as: "critic")
        two.keep(SGD(critic.parameters, learningRate: 1), of: critic, as: "critic optimizer")
        let checkpoint = two.checkpoint()
        critic.second.weight.value = Tensor.zeros([3, 6])
        try two.restore(checkpoint)
        #expect(two.checkpoint() == checkpoint)
    }

    @Test("a checkpoint does not change with the training")
    func isValue() throws {
        let model = SmallNet()
        let optimizer = SGD(model.parameters, learningRate: 1, momentum: 0.9)
        let training = TrainingState(model: model, optimizer: optimizer)
        let step = {
            crossEntropy(model(Tensor.normal([8, 4])), Tensor.randomIntegers([8], in: 0..<3)).backward()
            optimizer.step()
        }
        step()
        let checkpoint = training.checkpoint()
        let copy = checkpoint.parts.mapValues { part in
            part.mapValues { value in value.tensor.map { .tensor($0 * 1) } ?? value }
        }
        step()
        #expect(checkpoint.parts == copy)
        #expect(training.checkpoint() != checkpoint)
        try training.restore(checkpoint)
        step()
        #expect(checkpoint.parts == copy)
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = TrainingState(optimizer: SGD([Parameter(Tensor.zeros([1]))], learningRate: 1))
        }.expectMessage("TrainingState: expects a model with the optimizer, got none")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            TrainingState().keep(History(), as: "random")
        }.expectMessage("TrainingState.keep: expects a new name, got 'random' again")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            TrainingState().keep(History(), as: "my.history")
        }.expectMessage(
            "TrainingState.keep: expects a part's name that is not empty, has no dot and is not 'tern', "
                + "got 'my.history'"
        )
    }
}
