using Tenon.NN;

namespace Tenon.Tests;

/// <summary>Every loss, with its options, gives PyTorch's values and gradients.</summary>
internal sealed class TorchLossTests
{
    private delegate Tensor Call(Tensor[] x);

    private static readonly Dictionary<string, (Module Module, Call Forward)> Losses = All().ToDictionary(c => c.Name, c => (c.Module, c.Forward));

    [TestCaseSource(nameof(Names))]
    public void IsPyTorchs(string name)
    {
        var (module, forward) = Losses[name];
        new TorchCase("loss", name).Run(module, x => [forward(x)]);
    }

    [Test]
    public void EveryLossIsCompared() => Assert.That(TorchCase.Names("loss"), Is.EquivalentTo(Losses.Keys));

    private static IEnumerable<string> Names() => TorchCase.Names("loss");

    private static IEnumerable<(string Name, Module Module, Call Forward)> All()
    {
        foreach (var (name, r) in new[] { ("mean", Reduction.Mean), ("sum", Reduction.Sum), ("none", Reduction.None) })
        {
            yield return Of($"l1 {name}", new L1Loss(r));
            yield return Of($"mse {name}", new MseLoss(r));
            yield return Of($"smooth l1 {name}", new SmoothL1Loss(reduction: r));
            yield return Of($"huber {name}", new HuberLoss(reduction: r));
            yield return Of($"kl {name}", new KlDivergenceLoss(reduction: r));
            yield return Of($"kl log {name}", new KlDivergenceLoss(true, r));
            yield return Of($"poisson {name}", new PoissonNllLoss(reduction: r));
            yield return Of($"gaussian {name}", new GaussianNllLoss(reduction: r));
            yield return Of($"bce {name}", new BceLoss(reduction: r));
            yield return Of($"bce logits {name}", new BceWithLogitsLoss(reduction: r));
            yield return Of($"hinge embedding {name}", new HingeEmbeddingLoss(reduction: r));
            yield return Of($"soft margin {name}", new SoftMarginLoss(r));
            yield return Of($"margin ranking {name}", new MarginRankingLoss(reduction: r));
            yield return Of($"multi-label soft margin {name}", new MultiLabelSoftMarginLoss(reduction: r));
            yield return Of($"triplet {name}", new TripletMarginLoss(reduction: r));
            yield return Of($"cosine embedding {name}", new CosineEmbeddingLoss(reduction: r));
            yield return Of($"cross entropy {name}", new CrossEntropyLoss(reduction: r));
            yield return Of($"cross entropy weight {name}", new CrossEntropyLoss(Tensor.Ones(4), reduction: r));
            yield return Of($"cross entropy ignore {name}", new CrossEntropyLoss(ignoreIndex: 2, reduction: r));
            yield return Of($"cross entropy smooth {name}", new CrossEntropyLoss(labelSmoothing: 0.2, reduction: r));
            yield return Of($"cross entropy all {name}", new CrossEntropyLoss(Tensor.Ones(4), 3, 0.1, r));
            yield return Of($"nll {name}", new NllLoss(reduction: r));
            yield return Of($"nll weight {name}", new NllLoss(Tensor.Ones(4), reduction: r));
            yield return Of($"nll ignore {name}", new NllLoss(ignoreIndex: 2, reduction: r));
            yield return Of($"cross entropy image {name}", new CrossEntropyLoss(Tensor.Ones(4), reduction: r));
            yield return Of($"cross entropy probabilities {name}", new CrossEntropyLoss(Tensor.Ones(4), labelSmoothing: 0.1, reduction: r));
            yield return Of($"multi margin {name}", new MultiMarginLoss(reduction: r));
            yield return Of($"multi-label margin {name}", new MultiLabelMarginLoss(r));
            yield return Of($"ctc {name}", new CtcLoss(reduction: r));
        }

        yield return Of("kl batch mean", new KlDivergenceLoss(reduction: Reduction.BatchMean));
        yield return Of("kl zero", new KlDivergenceLoss(reduction: Reduction.Sum));
        yield return Of("smooth l1 beta", new SmoothL1Loss(0.5));
        yield return Of("smooth l1 beta 0", new SmoothL1Loss(0));
        yield return Of("huber delta", new HuberLoss(0.5));
        yield return Of("poisson full", new PoissonNllLoss(full: true));
        yield return Of("poisson not log", new PoissonNllLoss(logInput: false));
        yield return Of("gaussian full", new GaussianNllLoss(full: true));
        yield return Of("gaussian one variance", new GaussianNllLoss());
        yield return Of("gaussian small variance", new GaussianNllLoss(epsilon: 0.5));
        yield return Of("bce weight", new BceLoss(Tensor.Ones(4)));
        yield return Of("bce saturated", new BceLoss());
        yield return Of("bce logits weight", new BceWithLogitsLoss(Tensor.Ones(4)));
        yield return Of("bce logits positive", new BceWithLogitsLoss(positiveWeight: Tensor.Ones(4)));
        yield return Of("multi-label soft margin weight", new MultiLabelSoftMarginLoss(Tensor.Ones(4)));
        yield return Of("hinge embedding margin", new HingeEmbeddingLoss(0.5));
        yield return Of("margin ranking margin", new MarginRankingLoss(0.5));
        yield return Of("cosine embedding margin", new CosineEmbeddingLoss(0.25));
        yield return Of("triplet options", new TripletMarginLoss(0.5, 3, swap: true));
        yield return Of("triplet p 1", new TripletMarginLoss(p: 1));
        yield return Of("cross entropy one", new CrossEntropyLoss());
        yield return Of("multi margin options", new MultiMarginLoss(2, 0.5, Tensor.Ones(4)));
        yield return Of("ctc blank", new CtcLoss(3));
        yield return Of("ctc joined", new CtcLoss());
        yield return Of("ctc infinite", new CtcLoss(zeroInfinity: true));
        yield return Of("ctc one", new CtcLoss());
        yield return Of("cosine similarity", new CosineSimilarity());
        yield return Of("cosine similarity zero", new CosineSimilarity(-1, 1e-2));
        yield return Of("pairwise distance 1", new PairwiseDistance(1));
        yield return Of("pairwise distance 2", new PairwiseDistance());
        yield return Of("pairwise distance 3", new PairwiseDistance(3));
        yield return Of("pairwise distance inf", new PairwiseDistance(double.PositiveInfinity));
    }

    private static (string, Module, Call) Of(string name, Module module) => (name, module, module switch
    {
        Loss loss => x => loss.Forward(x[0], x[1]),
        GaussianNllLoss loss => x => loss.Forward(x[0], x[1], x[2]),
        MarginRankingLoss loss => x => loss.Forward(x[0], x[1], x[2]),
        TripletMarginLoss loss => x => loss.Forward(x[0], x[1], x[2]),
        CosineEmbeddingLoss loss => x => loss.Forward(x[0], x[1], x[2]),
        CtcLoss loss => x => loss.Forward(x[0].LogSoftmax(), x[1], x[2], x[3]),
        CosineSimilarity similarity => x => similarity.Forward(x[0], x[1]),
        PairwiseDistance distance => x => distance.Forward(x[0], x[1]),
        _ => throw new ArgumentException(name),
    });
}
