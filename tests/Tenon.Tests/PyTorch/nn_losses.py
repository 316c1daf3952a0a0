import torch
from torch import nn

from recording import sample
from runner import run


def record(r):
    def loss(name, module, *inputs, call=None, grads=1):
        run(r, "loss", name, module, list(inputs), call=call, grads=grads, evaluate=False)

    x, y = sample(3, 4), sample(3, 4, seed=1)
    signs = torch.tensor([[1.0, -1, 1, -1], [-1, -1, 1, 1], [1, 1, -1, 1]])
    unit = torch.sigmoid(sample(3, 4, seed=2))
    truth = torch.tensor([[1.0, 0, 1, 0], [0, 0.25, 1, 1], [1, 1, 0, 0.5]])
    for reduction in ("mean", "sum", "none"):
        loss(f"l1 {reduction}", nn.L1Loss(reduction=reduction), x, y, grads=2)
        loss(f"mse {reduction}", nn.MSELoss(reduction=reduction), x, y, grads=2)
        loss(f"smooth l1 {reduction}", nn.SmoothL1Loss(reduction=reduction), x, y, grads=2)
        loss(f"huber {reduction}", nn.HuberLoss(reduction=reduction), x, y, grads=2)
        loss(f"kl {reduction}", nn.KLDivLoss(reduction=reduction), sample(3, 4).log_softmax(-1), unit)
        loss(f"kl log {reduction}", nn.KLDivLoss(reduction=reduction, log_target=True), sample(3, 4).log_softmax(-1), unit.log())
        loss(f"poisson {reduction}", nn.PoissonNLLLoss(reduction=reduction), x, y.abs())
        loss(f"gaussian {reduction}", nn.GaussianNLLLoss(reduction=reduction), x, y, unit, grads=3)
        loss(f"bce {reduction}", nn.BCELoss(reduction=reduction), unit, truth)
        loss(f"bce logits {reduction}", nn.BCEWithLogitsLoss(reduction=reduction), x, truth)
        loss(f"hinge embedding {reduction}", nn.HingeEmbeddingLoss(reduction=reduction), x, signs)
        loss(f"soft margin {reduction}", nn.SoftMarginLoss(reduction=reduction), x, signs)
        loss(f"margin ranking {reduction}", nn.MarginRankingLoss(reduction=reduction), x, y, signs, grads=2)
        loss(f"multi-label soft margin {reduction}", nn.MultiLabelSoftMarginLoss(reduction=reduction), x, truth)
        loss(f"triplet {reduction}", nn.TripletMarginLoss(reduction=reduction), x, y, sample(3, 4, seed=5), grads=3)
        loss(f"cosine embedding {reduction}", nn.CosineEmbeddingLoss(reduction=reduction), x, y, torch.tensor([1.0, -1, -1]), grads=2)
    loss("kl batch mean", nn.KLDivLoss(reduction="batchmean"), sample(3, 4).log_softmax(-1), unit)
    loss("kl zero", nn.KLDivLoss(reduction="sum"), sample(3, 4).log_softmax(-1), truth)
    loss("smooth l1 beta", nn.SmoothL1Loss(beta=0.5), x, y, grads=2)
    loss("smooth l1 beta 0", nn.SmoothL1Loss(beta=0), x, y, grads=2)
    loss("huber delta", nn.HuberLoss(delta=0.5), x, y, grads=2)
    loss("poisson full", nn.PoissonNLLLoss(full=True), x, torch.tensor([[0.0, 1, 2, 3], [5, 0, 1, 1], [2, 2, 8, 0]]))
    loss("poisson not log", nn.PoissonNLLLoss(log_input=False), unit, y.abs())
    loss("gaussian full", nn.GaussianNLLLoss(full=True), x, y, unit, grads=3)
    loss("gaussian one variance", nn.GaussianNLLLoss(), x, y, unit[:, :1].clone(), grads=3)
    loss("gaussian small variance", nn.GaussianNLLLoss(eps=0.5), x, y, unit, grads=3)
    loss("bce weight", nn.BCELoss(weight=torch.ones(4)), unit, truth)
    loss("bce saturated", nn.BCELoss(), torch.tensor([0.0, 1, 0.5, 1e-30]), torch.tensor([1.0, 0, 1, 1]))
    loss("bce logits weight", nn.BCEWithLogitsLoss(weight=torch.ones(4)), x, truth)
    loss("bce logits positive", nn.BCEWithLogitsLoss(pos_weight=torch.ones(4)), x * 20, truth)
    loss("multi-label soft margin weight", nn.MultiLabelSoftMarginLoss(weight=torch.ones(4)), x, truth)
    loss("hinge embedding margin", nn.HingeEmbeddingLoss(margin=0.5), x, signs)
    loss("margin ranking margin", nn.MarginRankingLoss(margin=0.5), x, y, signs, grads=2)
    loss("cosine embedding margin", nn.CosineEmbeddingLoss(margin=0.25), x, y, torch.tensor([1.0, -1, -1]), grads=2)
    loss("triplet options", nn.TripletMarginLoss(margin=0.5, p=3, swap=True), x, y, sample(3, 4, seed=5), grads=3)
    loss("triplet p 1", nn.TripletMarginLoss(p=1), x, y, sample(3, 4, seed=5), grads=3)

    classes = torch.tensor([1, 3, 0, 2, 2])
    logits = sample(5, 4, seed=3) * 2
    image, labels = sample(2, 4, 3, 2, seed=4) * 2, torch.tensor([[[1, 2], [0, 3], [3, 3]], [[0, 0], [2, 1], [1, -100]]])
    for reduction in ("mean", "sum", "none"):
        for name, options in (("", {}), (" weight", {"weight": torch.ones(4)}), (" ignore", {"ignore_index": 2}), (" smooth", {"label_smoothing": 0.2}),
                              (" all", {"weight": torch.ones(4), "ignore_index": 3, "label_smoothing": 0.1})):
            loss(f"cross entropy{name} {reduction}", nn.CrossEntropyLoss(reduction=reduction, **options), logits, classes)
            if "label_smoothing" not in options:
                loss(f"nll{name} {reduction}", nn.NLLLoss(reduction=reduction, **options), logits.log_softmax(1), classes)
        loss(f"cross entropy image {reduction}", nn.CrossEntropyLoss(weight=torch.ones(4), reduction=reduction), image, labels)
        loss(f"cross entropy probabilities {reduction}", nn.CrossEntropyLoss(weight=torch.ones(4), label_smoothing=0.1, reduction=reduction),
             image, sample(2, 4, 3, 2, seed=6).softmax(1))
        loss(f"multi margin {reduction}", nn.MultiMarginLoss(reduction=reduction), logits, classes)
        loss(f"multi-label margin {reduction}", nn.MultiLabelMarginLoss(reduction=reduction), logits,
             torch.tensor([[1, 2, -1, 0], [3, -1, 1, 1], [-1, 0, 0, 0], [0, 1, 2, 3], [2, 0, 3, -1]]))
    loss("cross entropy one", nn.CrossEntropyLoss(), logits[0].clone(), torch.tensor(2))
    loss("multi margin options", nn.MultiMarginLoss(p=2, margin=0.5, weight=torch.ones(4)), logits, classes)

    # The gradient that PyTorch gives for logarithms of probabilities supposes that they come from a log-softmax.
    def ctc(m, x):
        return m(x[0].log_softmax(-1), *x[1:])

    scores, targets = sample(6, 3, 4, seed=8), torch.tensor([[1, 2, 2], [3, 1, 0], [2, 0, 0]])
    lengths, sizes = torch.tensor([6, 5, 4]), torch.tensor([3, 2, 1])
    for reduction in ("mean", "sum", "none"):
        loss(f"ctc {reduction}", nn.CTCLoss(reduction=reduction), scores, targets, lengths, sizes, call=ctc)
    loss("ctc blank", nn.CTCLoss(blank=3), scores, torch.tensor([[1, 2, 2], [0, 1, 0], [2, 0, 0]]), lengths, sizes, call=ctc)
    loss("ctc joined", nn.CTCLoss(), scores, torch.tensor([1, 2, 2, 3, 1, 2]), lengths, sizes, call=ctc)
    loss("ctc infinite", nn.CTCLoss(zero_infinity=True), scores, torch.tensor([[2, 2, 2], [3, 1, 0], [2, 0, 0]]), torch.tensor([4, 5, 4]), sizes, call=ctc)
    loss("ctc one", nn.CTCLoss(), scores[:, 0].clone(), torch.tensor([1, 2, 2]), torch.tensor(6), torch.tensor(3), call=ctc)

    loss("cosine similarity", nn.CosineSimilarity(dim=1), x, y, grads=2)
    loss("cosine similarity zero", nn.CosineSimilarity(dim=-1, eps=1e-2), torch.tensor([[0.001, 0.002], [1, 2]]), sample(2, 2), grads=2)
    for p in (1.0, 2.0, 3.0, float("inf")):
        loss(f"pairwise distance {p:g}", nn.PairwiseDistance(p=p), x, y, grads=2)
