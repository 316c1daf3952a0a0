using Google.Protobuf;
using Tenon.Onnx.Format;
using Tenon.State;
using static Tenon.Onnx.Tests.ModelBuilder;

namespace Tenon.Onnx.Tests;

public sealed class MalformedModelTests
{
    private static ModelBuilder Relu => new ModelBuilder().Input("x", 2).Output("y").With(Node("Relu", "x", "y"));

    [Test]
    public void UnknownOperatorIsNamedWithNodeOpsetAndDomain()
    {
        var model = new ModelBuilder().Input("x", 2).Output("y").With(Node("Frobnicate", "x", "y"));
        Refuses(model, "TEN5205", "'the Frobnicate'", "operator Frobnicate", "domain ai.onnx", "opset 21");
    }

    [Test]
    public void UnknownOperatorOfASubgraphIsFoundBeforeAnythingRuns()
    {
        var branch = new GraphProto { Node = { Node("Frobnicate", "x", "b") }, Output = { Info("b", OnnxElement.Float) } };
        var model = new ModelBuilder().Input("x", 2).Output("y").With(Node("If", "c", "y", Subgraph("then_branch", branch), Subgraph("else_branch", branch)));
        model.Model.Graph.Input.Add(Info("c", OnnxElement.Bool));
        Refuses(model, "TEN5205", "then_branch", "Frobnicate");
    }

    [Test]
    public void UnknownOperatorOfAFunctionIsFoundBeforeAnythingRuns()
    {
        var model = new ModelBuilder().Input("x", 2).Output("y").With(Node("F", "x", "y"));
        model.Model.Graph.Node[0].Domain = "mine";
        model.Model.Functions.Add(new FunctionProto { Name = "F", Domain = "mine", Input = { "a" }, Output = { "b" }, Node = { Node("Frobnicate", "a", "b") }, OpsetImport = { new OperatorSetIdProto { Version = 17 } } });
        Refuses(model, "TEN5205", "function 'F'", "Frobnicate", "opset 17");
    }

    [Test]
    public void RecursiveFunctionIsRefused()
    {
        var model = new ModelBuilder().Input("x", 2).Output("y").With(Node("F", "x", "y"));
        model.Model.Graph.Node[0].Domain = "mine";
        model.Model.Functions.Add(new FunctionProto { Name = "F", Domain = "mine", Input = { "a" }, Output = { "b" }, Node = { Node("F", "a", "b") } });
        model.Model.Functions[0].Node[0].Domain = "mine";
        Refuses(model, "TEN5201", "calls itself");
    }

    [Test]
    public void CycleIsRefused() =>
        Refuses(new ModelBuilder().Input("x", 2).Output("y").With(Node("Add", "x b", "a"), Node("Relu", "a", "b"), Node("Relu", "b", "y")), "TEN5201", "cyclic");

    [Test]
    public void ValueThatNobodyMakesIsRefused() =>
        Refuses(new ModelBuilder().Input("x", 2).Output("y").With(Node("Add", "x z", "y")), "TEN5201", "'z'");

    [Test]
    public void OutputThatNobodyMakesIsRefused() => Refuses(new ModelBuilder().Input("x", 2).Output("z").With(Node("Relu", "x", "y")), "TEN5201", "'z'");

    [Test]
    public void OneNameForTwoValuesIsRefused() =>
        Refuses(new ModelBuilder().Input("x", 2).Output("y").With(Node("Relu", "x", "y"), Node("Neg", "x", "y")), "TEN5201", "'y'", "the Neg");

    [Test]
    public void AttributeOfAnotherTypeIsRefused() =>
        Refuses(new ModelBuilder().Input("x", 2).Output("y").With(Node("LeakyRelu", "x", "y", Int("alpha", 1))), "TEN5202", "'alpha'", "int", "float");

    [Test]
    public void AttributeThatIsNotWhatItSaysIsRefused()
    {
        var attribute = Int("axis", 1);
        attribute.Type = AttributeProto.Types.AttributeType.String;
        Refuses(new ModelBuilder().Input("x", 2).Output("y").With(Node("Softmax", "x", "y", attribute)), "TEN5202", "'axis'");
    }

    [Test]
    public void AttributeGivenTwiceIsRefused() =>
        Refuses(new ModelBuilder().Input("x", 2).Output("y").With(Node("Softmax", "x", "y", Int("axis", 0), Int("axis", 0))), "TEN5202", "twice");

    [Test]
    public void OpsetOfTheFutureIsRefused()
    {
        var model = Relu;
        model.Model.OpsetImport[0].Version = 999;
        Refuses(model, "TEN5206", "999");
    }

    [Test]
    public void FileOfAnotherFormatIsRefused()
    {
        Assert.That(() => OnnxModel.Load(new MemoryStream("not a model at all"u8.ToArray()), "m"), Throws.InstanceOf<TenonFormatException>());
        Assert.That(() => OnnxModel.Load(new MemoryStream([]), "m"), Throws.InstanceOf<TenonFormatException>().With.Message.Contains("TEN5200"));
        Assert.That(() => OnnxModel.Load("there/is/no.onnx"), Throws.InstanceOf<TenonException>().With.Message.Contains("no.onnx"));
    }

    [Test]
    public void EveryTruncationIsRefusedOrStillAModel()
    {
        var bytes = Relu.With(Floats("w", 1, 2, 3)).ToBytes();
        for (var length = 0; length < bytes.Length; length++)
        {
            try
            {
                OnnxModel.Load(new MemoryStream(bytes[..length]), "m");
            }
            catch (TenonException)
            {
            }
        }
    }

    [TestCase(new long[] { -1 }, "sizes of 0 and more")]
    [TestCase(new[] { 1L << 40, 1L << 40 }, "below 2^63")]
    [TestCase(new[] { 1L << 62 }, "Expected")]
    [TestCase(new long[] { 1_000_000 }, "Expected 4000000")]
    public void StoredTensorThatDoesNotFitItsShapeIsRefused(long[] dims, string problem)
    {
        var tensor = Floats("w", 1, 2, 3);
        tensor.Dims.Clear();
        tensor.Dims.AddRange(dims);
        var model = new ModelBuilder().Output("y").With(tensor).With(Node("Relu", "w", "y")).Load();
        Assert.That(() => model.Run(), Throws.InstanceOf<TenonFormatException>().With.Message.Contains("TEN5203").And.Message.Contains("'w'").And.Message.Contains(problem));
    }

    [Test]
    public void StoredTensorOfAnUnknownTypeIsRefused()
    {
        var tensor = Floats("w", 1);
        tensor.DataType = 77;
        var model = new ModelBuilder().Output("y").With(tensor).With(Node("Relu", "w", "y")).Load();
        Assert.That(() => model.Run(), Throws.InstanceOf<TenonFormatException>().With.Message.Contains("TEN5211"));
    }

    private static void Refuses(ModelBuilder model, params string[] parts)
    {
        var error = Assert.Catch<TenonException>(() => model.Load())!;
        foreach (var part in parts)
        {
            Assert.That(error.Message, Does.Contain(part));
        }
    }
}
