using Tenon.Onnx.Format;
using Tenon.Runtime;
using static Tenon.Onnx.Format.AttributeProto.Types;
using static Tenon.Onnx.Tests.ModelBuilder;

namespace Tenon.Onnx.Tests;

public sealed class RunTests
{
    private static ModelBuilder AddTwo => new ModelBuilder().Input("x", "batch", 2).Input("z", "batch", 2).Output("y").With(Node("Add", "x z", "y"));

    [Test]
    public void SizesByNameAreWhateverTheInputsSay()
    {
        var model = AddTwo.Load();
        foreach (var batch in new[] { 1, 3 })
        {
            Assert.That(model.Run(("x", Tensor.Ones(batch, 2)), ("z", Tensor.Ones(batch, 2)))["y"].Tensor.ToArray<float>(), Is.EqualTo(Enumerable.Repeat(2f, 2 * batch)));
        }
    }

    // The graph is built once for inputs of one kind.
    [Test]
    public void EachRunHasItsOwnInputsAndDraws()
    {
        var model = new ModelBuilder().Input("x", "n").Output("y").With(Node("Exp", "x", "e"), Node("RandomUniformLike", "x", "u"), Node("Add", "e u", "y")).Load();
        var runs = Enumerable.Range(0, 4).Select(i => model.Run(("x", Tensor.Full([3], (float)i)))["y"].Tensor.ToArray<float>()).ToArray();
        for (var i = 0; i < runs.Length; i++)
        {
            Assert.That(runs[i], Has.All.InRange(Math.Exp(i) - 1e-4, Math.Exp(i) + 1.0001));
        }

        Assert.That(runs.Select((r, i) => r[0] - Math.Exp(i)), Is.Unique);
    }

    [Test]
    public void ValuesThatDecideAreReadAtEachRun()
    {
        var model = new ModelBuilder().Input("x", "n").Output("y").With(Node("NonZero", "x", "y")).Load();
        Assert.That(model.Run(("x", Tensor.From<float>([0, 1, 2])))["y"].Tensor.ToArray<long>(), Is.EqualTo(new long[] { 1, 2 }));
        Assert.That(model.Run(("x", Tensor.From<float>([3, 0, 0])))["y"].Tensor.ToArray<long>(), Is.EqualTo(new long[] { 0 }));
    }

    [Test]
    public void WholeNumbersMayDecideTheGraph()
    {
        var model = new ModelBuilder().Input("x", "n").Input(OnnxElement.Int64, "sizes", 2).Output("y").With(Node("Reshape", "x sizes", "y")).Load();
        foreach (var (rows, columns) in Enumerable.Range(1, 12).SelectMany(i => new[] { (2L, 3L * i), (3, 2 * i), (2, 3 * i) }))
        {
            var y = model.Run(("x", Tensor.Arange((int)(rows * columns)).Cast(DType.Float32) + rows), ("sizes", Tensor.From<long>([rows, columns])))["y"].Tensor;
            Assert.That(y.Shape.ToArray(), Is.EqualTo(new[] { rows, columns }));
            Assert.That(y.ToArray<float>(), Is.EqualTo(Enumerable.Range(0, (int)(rows * columns)).Select(i => (float)(i + rows))));
        }
    }

    [Test]
    public void WholeNumbersMayBeGivenAsTheyAre()
    {
        var model = new ModelBuilder().Input(OnnxElement.Int64, "start").Input(OnnxElement.Int64, "end").Input(OnnxElement.Int64, "step").Output("y").With(Node("Range", "start end step", "y")).Load();
        foreach (var end in new long[] { 3, 5, 3, 3, 5, 5 })
        {
            var y = model.Run(new Dictionary<string, OnnxValue> { ["start"] = 1, ["end"] = end, ["step"] = 1 })["y"].Tensor;
            Assert.That(y.ToArray<long>(), Is.EqualTo(Enumerable.Range(1, (int)end - 1).Select(i => (long)i)));
        }
    }

    [Test]
    public void InputsGoToTheModelsDevice()
    {
        var model = AddTwo.Load(new OnnxOptions { Device = "INTERPRETER" });
        for (var run = 0; run < 4; run++)
        {
            var y = model.Run(("x", Tensor.Full([3, 2], run, DType.Float32).Realize()), ("z", Tensor.Ones(3, 2).To("INTERPRETER")))["y"].Tensor;
            Assert.That((y.Device, y.ToArray<float>()), Is.EqualTo(("INTERPRETER", Enumerable.Repeat(run + 1f, 6).ToArray())));
        }
    }

    [Test]
    public void InputsThatDoNotFitAreNamed()
    {
        var model = AddTwo.Load();
        Fails("TEN5207", "'z'", ("x", Tensor.Ones(1, 2)));
        Fails("TEN5207", "'w'", ("x", Tensor.Ones(1, 2)), ("z", Tensor.Ones(1, 2)), ("w", Tensor.Ones(1)));
        Fails("TEN5207", "int32", ("x", Tensor.Ones([1, 2], DType.Int32)), ("z", Tensor.Ones(1, 2)));
        Fails("TEN5208", "axis 1", ("x", Tensor.Ones(1, 3)), ("z", Tensor.Ones(1, 2)));
        Fails("TEN5208", "2 axes", ("x", Tensor.Ones(2)), ("z", Tensor.Ones(1, 2)));
        Fails("TEN5208", "'batch'", ("x", Tensor.Ones(3, 2)), ("z", Tensor.Ones(4, 2)));

        void Fails(string code, string part, params (string, Tensor)[] inputs) =>
            Assert.That(() => model.Run(inputs), Throws.InstanceOf<TenonException>().With.Message.Contains(code).And.Message.Contains(part));
    }

    [Test]
    public void ArithmeticOfShapesRunsOnTheHost()
    {
        // x as [its first size, -1], the long way round.
        var model = new ModelBuilder().Input("x", "n", "m", "k").Output("y")
            .With(Longs("zero", 0), Longs("one", 1), Longs("minus", -1))
            .With(Node("Shape", "x", "shape"), Node("Slice", "shape zero one", "first"), Node("Mul", "first one", "same"), Node("Concat", "same minus", "sizes", Int("axis", 0)), Node("Reshape", "x sizes", "y"))
            .Load();
        var x = Tensor.Arange(24).Cast(DType.Float32).Reshape(2, 3, 4) * 2;
        var before = TenonRuntime.Default.Statistics.KernelsLaunched;
        var y = model.Run(("x", x))["y"].Tensor;
        Assert.That(y.Shape.ToArray(), Is.EqualTo(new long[] { 2, 12 }));
        Assert.That(TenonRuntime.Default.Statistics.KernelsLaunched - before, Is.EqualTo(1), "x itself; nothing had to be computed to know the shape");
        Assert.That(y.ToArray<float>()[^1], Is.EqualTo(46));
    }

    [Test]
    public void InitializerIsTheDefaultOfAnInput()
    {
        var model = AddTwo.With(Floats("z", 10, 20)).Load();
        Assert.That(model.Inputs.Select(i => i.Name), Is.EqualTo(new[] { "x" }));
        Assert.That(model.Run(("x", Tensor.Ones(1, 2)))["y"].Tensor.ToArray<float>(), Is.EqualTo(new[] { 11f, 21f }));
        Assert.That(model.Run(("x", Tensor.Ones(1, 2)), ("z", Tensor.Zeros(1, 2)))["y"].Tensor.ToArray<float>(), Is.EqualTo(new[] { 1f, 1f }));
    }

    [Test]
    public void FunctionsTakeAttributesAndDefaults()
    {
        var model = new ModelBuilder().Input("x", 2).Output("y").With(Node("Outer", "x", "y", Float("slope", 0.5f)));
        model.Model.Graph.Node[0].Domain = "mine";
        model.Model.Functions.Add(new FunctionProto
        {
            Name = "Outer",
            Domain = "mine",
            Input = { "a" },
            Output = { "b" },
            Attribute = { "slope" },
            AttributeProto = { Float("other", 4) },
            Node = { Node("Inner", "a", "t", Reference("inner", "slope", AttributeType.Float)), Node("LeakyRelu", "t", "b", Reference("alpha", "other", AttributeType.Float)) },
            OpsetImport = { new OperatorSetIdProto { Version = 21 }, new OperatorSetIdProto { Domain = "mine", Version = 1 } },
        });
        model.Model.Functions[0].Node[0].Domain = "mine";
        model.Model.Functions.Add(new FunctionProto
        {
            Name = "Inner",
            Domain = "mine",
            Input = { "a" },
            Output = { "b" },
            Attribute = { "inner" },
            Node = { Node("LeakyRelu", "a", "b", Reference("alpha", "inner", AttributeType.Float)) },
            OpsetImport = { new OperatorSetIdProto { Version = 21 } },
        });
        Assert.That(model.Load().Run(("x", new float[] { -1, 3 }))["y"].Tensor.ToArray<float>(), Is.EqualTo(new[] { -2f, 3f }));
    }

    [Test]
    public void LoopSeesWhatIsAroundIt()
    {
        // Doubles what it carries and adds x of the graph around it, three times.
        var body = new GraphProto
        {
            Name = "body",
            Input = { Info("i", OnnxElement.Int64), Info("go", OnnxElement.Bool), Info("carried", OnnxElement.Float, 2) },
            Node = { Node("Identity", "go", "go_on"), Node("Add", "carried carried", "twice"), Node("Add", "twice x", "next"), Node("Identity", "next", "seen") },
            Output = { Info("go_on", OnnxElement.Bool), Info("next", OnnxElement.Float, 2), Info("seen", OnnxElement.Float, 2) },
        };
        var count = Longs("count", 3);
        count.Dims.Clear();
        var model = new ModelBuilder().Input("x", 2).Output("y").Output("all").With(count).With(Node("Loop", "count _ x", "y all", Subgraph("body", body))).Load();
        var outputs = model.Run(("x", new float[] { 1, 10 }));
        Assert.That(outputs["y"].Tensor.ToArray<float>(), Is.EqualTo(new[] { 15f, 150f }));
        Assert.That(outputs["all"].Tensor.ToArray<float>(), Is.EqualTo(new[] { 3f, 30f, 7f, 70f, 15f, 150f }));
    }

    [Test]
    public void LoopWithoutAnEndCanBeEnded()
    {
        var body = new GraphProto
        {
            Input = { Info("i", OnnxElement.Int64), Info("go", OnnxElement.Bool) },
            Node = { Node("Identity", "go", "go_on") },
            Output = { Info("go_on", OnnxElement.Bool) },
        };
        var go = new TensorProto { Name = "forever", DataType = (int)OnnxElement.Bool, Int32Data = { 1 } };
        var model = new ModelBuilder().Input("x", 2).Output("y").With(go).With(Node("Loop", "_ forever", "nothing", Subgraph("body", body)), Node("Relu", "x", "y")).Load();
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Assert.That(() => model.Run(new Dictionary<string, OnnxValue> { ["x"] = Tensor.Ones(2) }, source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void NodesMayStandInAnyOrder()
    {
        var model = new ModelBuilder().Input("x", 2).Output("y").With(Node("Neg", "a", "y"), Node("Relu", "x", "a")).Load();
        Assert.That(model.Run(("x", new float[] { -1, 2 }))["y"].Tensor.ToArray<float>(), Is.EqualTo(new[] { 0f, -2f }));
    }

    [Test]
    public void HalfPrecisionKeepsTypesOutside()
    {
        var model = new ModelBuilder().Input("x", 3).Output("y").With(Floats("w", 1 / 3f, 2, 65519)).With(Node("Mul", "x w", "y")).Load(new OnnxOptions { FloatDType = DType.Float16 });
        var y = model.Run(("x", new float[] { 1, 2, 1 }))["y"].Tensor;
        Assert.That(y.DType, Is.EqualTo(DType.Float32));
        Assert.That(y.ToArray<float>(), Is.EqualTo(new[] { (float)(Half)(1 / 3f), 4f, 65504f }));
    }

    [Test]
    public void FailureNamesTheNode()
    {
        var model = new ModelBuilder().Input("x", 2).Input("z", 3).Output("y").With(Node("Add", "x z", "y")).Load();
        Assert.That(() => model.Run(("x", Tensor.Ones(2)), ("z", Tensor.Ones(3))), Throws.InstanceOf<TenonException>().With.Message.Contains("the Add").And.Message.Contains("TEN3014"));
    }
}
