using Tenon.NN;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>What all modules can do, and initial values.</summary>
internal sealed class ModuleFeatureTests
{
    [Test]
    public void ModulesAreFoundByName()
    {
        var model = new Sequential(new Linear(2, 3), new Sequential(Activation.Tanh, new Linear(3, 1, bias: false)));
        Assert.That(model.NamedModules().Keys, Is.EqualTo(new[] { "", "0", "1", "1.0", "1.1" }));
        Assert.That(model.NamedParameters().Keys, Is.EqualTo(new[] { "0.weight", "0.bias", "1.1.weight" }));
        Assert.That(model.NamedChildren().Keys, Is.EqualTo(new[] { "0", "1" }));
        var seen = new List<string>();
        model.Apply(m => seen.Add(m.GetType().Name));
        Assert.That(seen, Is.EqualTo(new[] { "Linear", "Activation", "Linear", "Sequential", "Sequential" }));
    }

    [Test]
    public void ModulesChangeDTypeAndFreeze()
    {
        var model = new Sequential(new Linear(2, 2), new BatchNorm1d(2));
        var weight = ((Linear)model[0]).Weight;
        var before = weight.Values();
        model.To(DType.Float64);
        Assert.That(weight.DType, Is.EqualTo(DType.Float64));
        Assert.That(((BatchNorm1d)model[1]).BatchCount!.DType, Is.EqualTo(DType.Int64));
        Assert.That(weight.RequiresGrad && weight.IsRealized, Is.True);
        Expect(weight, before);
        model.Forward(Tensor.Ones([3, 2], DType.Float64)).Sum().Backward();
        Assert.That(weight.Grad, Is.Not.Null);
        model.ZeroGrad();
        Assert.That(weight.Grad, Is.Null);
        model.Freeze();
        Assert.That(model.Forward(Tensor.Ones([3, 2], DType.Float64)).RequiresGrad, Is.False);
        model.Freeze(false);
        Assert.That(weight.RequiresGrad, Is.True);
    }

    [Test]
    public void SharedParametersCountOnce()
    {
        var layer = new Linear(2, 2, bias: false);
        var model = new Sequential(layer, layer);
        Assert.That(model.Parameters(), Has.Count.EqualTo(1));
        Assert.That(model.StateDict().Keys, Is.EqualTo(new[] { "0.weight", "1.weight" }));
    }

    [Test]
    public void ContainersNameTheirParts()
    {
        var dictionary = new ModuleDictionary<Linear>();
        dictionary.Add("a", new Linear(1, 1, bias: false));
        dictionary.Add("b", new Linear(1, 1, bias: false));
        Assert.That(dictionary.StateDict().Keys, Is.EqualTo(new[] { "a.weight", "b.weight" }));
        Assert.That(dictionary["b"].Weight, Is.SameAs(dictionary.Parameters()[1]));
        var list = new ModuleList<Linear>(dictionary["a"], dictionary["b"]);
        Assert.That(list.Sum(l => l.Weight.Count), Is.EqualTo(2));
        Assert.That(list.StateDict().Keys, Is.EqualTo(new[] { "0.weight", "1.weight" }));
        Assert.That(new ParameterList(Tensor.Ones(1), Tensor.Ones(2)).Parameters().All(p => p.RequiresGrad), Is.True);
    }

    [Test]
    public void DropoutsKeepTheMeanAndWholeChannels()
    {
        Tensor.ManualSeed(3);
        var y = new Dropout2d(0.5).Forward(Tensor.Ones(8, 16, 2, 2)).Values().Chunk(4).ToArray();
        Assert.That(y.All(c => c.Distinct().Count() == 1 && c[0] is 0 or 2), Is.True);
        Assert.That(y.Average(c => c[0]), Is.EqualTo(1).Within(0.3));
        var x = Tensor.Randn(4000);
        var alpha = new AlphaDropout(0.3).Forward(x);
        Expect(alpha.Mean(), [0], 0.1);
        Expect(alpha.Std(), [1], 0.1);
        ExpectError("TEN3254", () => new Dropout1d().Forward(Tensor.Ones(2)));
    }

    [Test]
    public void InitialValuesAreAsTheirNamesSay()
    {
        Tensor.ManualSeed(5);
        var w = Tensor.Zeros(30, 20, 2);
        Expect(Init.XavierUniform(w).Abs().Max(), [Math.Sqrt(6.0 / 100)], 1e-2);
        Expect(Init.XavierNormal(w, 2).Std(), [2 * Math.Sqrt(2.0 / 100)], 2e-2);
        Expect(Init.KaimingUniform(w).Abs().Max(), [Math.Sqrt(6.0 / 40)], 1e-2);
        Expect(Init.KaimingNormal(w, fan: Fan.Out).Std(), [Math.Sqrt(2.0 / 60)], 2e-2);
        Init.TruncatedNormal(w, 1, 2, 0, 4);
        Assert.That(w.Values(), Has.All.InRange(0, 4));
        Expect(w.Mean(), [1 + 2 * (0.3520653 - 0.1295176) / (0.9331928 - 0.3085375)], 0.1);
        Expect(Init.Constant(w, 3).Min(), [3]);
        var q = Init.Orthogonal(Tensor.Zeros(3, 5), 2);
        Expect(q.MatMul(q.T), Tensor.Eye(3) * 4.0, 1e-5);
        q = Init.Orthogonal(Tensor.Zeros(5, 3));
        Expect(q.T.MatMul(q), Tensor.Eye(3), 1e-5);
        Expect(Init.Eye(Tensor.Zeros(2, 3)), [1, 0, 0, 0, 1, 0]);
        var image = Sample(DType.Float32, 1, 1, 2, 4, 4);
        Expect(image.Conv2d(Init.Dirac(Tensor.Zeros(2, 2, 3, 3)), padding: 1), image);
        Assert.That(Init.Sparse(Tensor.Zeros(10, 4), 0.3, 1).Values().Count(v => v == 0), Is.EqualTo(12));
        ExpectError("TEN3259", () => Init.XavierUniform(Tensor.Zeros(3)));
    }

    [Test]
    public void WrongShapesAreErrors()
    {
        ExpectError("TEN3254", () => new BatchNorm2d(2).Forward(Tensor.Ones(1, 2)));
        ExpectError("TEN3255", () => _ = new Conv2d(3, 4, 1, groups: 2));
        ExpectError("TEN3256", () => _ = new Lstm(2, 2, new(Projection: 2)));
        ExpectError("TEN3256", () => _ = new Gru(2, 2, new(Projection: 1)));
        ExpectError("TEN3256", () => new Rnn(2, 2).Forward(Tensor.Ones(2)));
        ExpectError("TEN3257", () => _ = new MultiheadAttention(5, 2));
        ExpectError("TEN3257", () => new MultiheadAttention(4, 2).Forward(Tensor.Ones(2, 1, 3)));
        ExpectError("TEN3258", () => _ = new Embedding(2, 2, padding: 2));
        ExpectError("TEN3258", () => new EmbeddingBag(2, 2).Forward(Tensor.Arange(2)));
        ExpectError("TEN3250", () => new Bilinear(1, 1, 1).Forward(Tensor.Ones(1, 1)));
    }
}
