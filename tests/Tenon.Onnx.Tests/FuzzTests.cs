using Google.Protobuf;
using Tenon.Onnx.Format;
using Tenon.Onnx.Graph;
using Tenon.Tests.Shared;
using static Tenon.Onnx.Tests.ModelBuilder;

namespace Tenon.Onnx.Tests;

/// <summary>Damaged models and values are refused with file and field, or read; nothing else happens.</summary>
public sealed class FuzzTests
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("tenon");

    [TearDown]
    public void TearDown() => _folder.Delete(recursive: true);

    [Test]
    public void DamagedModelsAreRefused()
    {
        File.WriteAllBytes(In("w.bin"), new byte[16]);
        File.WriteAllBytes(In("good.onnx"), Rich());
        Assert.That(OnnxModel.Load(In("good.onnx")).Outputs, Has.Count.EqualTo(1));
        var fuzzer = new FileFuzzer("onnx", In("model.onnx"), [Rich(), Layers()], () =>
        {
            // All that a model stores is made when it runs: here at once.
            OnnxModel.Load(In("model.onnx"));
            var source = new ModelSource(In("model.onnx"), _folder.FullName);
            foreach (var constant in new PlanBuilder(source, ModelFile.Read<ModelProto>(source.Name), new TensorReader(source)).Build().Constants.Values)
            {
                _ = constant.Value;
            }
        })
        {
            OtherCodes = ["TEN5205"],
        };
        Assert.That(fuzzer.Run(4000 * LongRun.Factor), Is.GreaterThan(1000));
    }

    [Test]
    public void DamagedValuesAreRefused()
    {
        byte[][] seeds = [Longs("l", 1, 2, 3).ToByteArray(), Floats("f", 1.5f, -2).ToByteArray(), Strings().ToByteArray(), Raw().ToByteArray()];
        var fuzzer = new FileFuzzer("onnx values", In("value.pb"), seeds, () => ValueFile.Read(In("value.pb")));
        Assert.That(fuzzer.Run(2000 * LongRun.Factor), Is.GreaterThan(500));
    }

    private static TensorProto Strings() => new() { Name = "s", DataType = (int)OnnxElement.String, Dims = { 2 }, StringData = { ByteString.CopyFromUtf8("a"), ByteString.CopyFromUtf8("bc") } };

    private static TensorProto Raw() => new() { Name = "r", DataType = (int)OnnxElement.Float16, Dims = { 2, 2 }, RawData = ByteString.CopyFrom(new byte[8]) };

    private static byte[] Layers()
    {
        var model = new ModelBuilder().Input("x", "n", 4).Output("y").With(Floats("w", 1, 2, 3, 4), Longs("axes", 1));
        return model.With(Node("Mul", "x w", "a"), Node("ReduceSum", "a axes", "b", Int("keepdims", 0)), Node("Relu", "b", "y")).ToBytes();
    }

    // Every kind of thing that a model may have.
    private static byte[] Rich()
    {
        var branch = new GraphProto { Name = "branch", Node = { Node("Relu", "x", "b") }, Output = { Info("b", OnnxElement.Float) } };
        var external = new TensorProto { Name = "e", DataType = (int)OnnxElement.Float, Dims = { 2 }, DataLocation = TensorProto.Types.DataLocation.External };
        external.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "w.bin" });
        external.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = "4" });
        external.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = "8" });
        var model = new ModelBuilder().Input("x", 2).Output("y").With(external, Strings(), Raw()).With(
            Node("If", "c", "i", Subgraph("then_branch", branch), Subgraph("else_branch", branch.Clone())),
            Node("F", "i", "f", Float("alpha", 0.5f)), Node("Add", "f e", "y"));
        model.Model.Graph.Input.Add(Info("c", OnnxElement.Bool));
        model.Model.Graph.SparseInitializer.Add(new SparseTensorProto { Values = Floats("p", 5), Indices = new TensorProto { Name = "at", DataType = (int)OnnxElement.Int64, Dims = { 1 }, Int64Data = { 2 } }, Dims = { 2, 2 } });
        model.Model.Graph.Node[1].Domain = "mine";
        model.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "mine", Version = 1 });
        model.Model.Functions.Add(new FunctionProto
        {
            Name = "F",
            Domain = "mine",
            Input = { "a" },
            Output = { "b" },
            Attribute = { "alpha" },
            Node = { Node("LeakyRelu", "a", "b", Reference("alpha", "alpha", AttributeProto.Types.AttributeType.Float)) },
            OpsetImport = { new OperatorSetIdProto { Version = 21 } },
        });
        return model.ToBytes();
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);
}
