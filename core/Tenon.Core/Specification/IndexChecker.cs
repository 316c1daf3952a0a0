namespace Tenon.Core;

/// <summary>
/// Proves that each access of a kernel lies in its buffer, from the intervals of indices and from gates. It runs on kernels
/// as scheduled, on optimised loops, and on expanded ones with their vectors.
/// </summary>
public static class IndexChecker
{
    /// <summary>
    /// Whether kernels are checked where nothing else is said: in Debug builds, and where the AppContext switch
    /// <c>Tenon.CheckIndices</c> is set.
    /// </summary>
    public static bool IsOnByDefault { get; } = AppContext.TryGetSwitch("Tenon.CheckIndices", out var isOn) ? isOn :
#if DEBUG
        true;
#else
        false;
#endif

    // (p + a) + b → p + (a + b): the same address twice is the same node, and what is loaded from it is one value.
    private static PatternMatcher Flat { get; } = new(
        Rule.Of(Pat.Op(Ops.Index, Pat.Op(Ops.Index, Pat.Any(0), Pat.Any(1)), Pat.Any(2)).As(3), static (p, a, b, u) => UOp.New(Ops.Index, u.DType, [p, IndexMath.Add(a, b)])));

    /// <summary>Checks every load and store.</summary>
    /// <exception cref="TenonException">One can't be proved to lie in its buffer; the message names it.</exception>
    public static void Check(UOp kernel, string name)
    {
        var facts = new NodeMap<Facts>();
        foreach (var u in GraphRewrite.Apply(kernel, Flat).TopologicalOrder())
        {
            if (u.Op is Ops.Load or Ops.Store)
            {
                Check(u, facts, name);
            }
        }
    }

    private static void Check(UOp access, NodeMap<Facts> facts, string name)
    {
        var (param, index) = (access[0][0], access[0][1]);
        var (size, lanes) = (SizeOf(param), (access.Op == Ops.Load ? access.DType : access[1].DType).Lanes);
        var gate = access.Op == Ops.Load && access.Src.Length == 3 ? access[1] : access.Op == Ops.Store && access.Src.Length == 3 ? access[2] : null;
        if (index.Min >= 0 && index.Max <= size - lanes)
        {
            return;
        }

        // Under a mask each lane is an access of its own.
        var parts = gate is { DType.IsVector: true } ? lanes : 1;
        for (var i = 0; i < parts; i++)
        {
            var condition = gate is null ? null : WithoutExtract(parts == 1 ? gate : Lane(gate, i));
            var (where, known) = (condition is null ? index : WithoutExtract(index), Known(condition, facts));
            var (min, max) = Bounds(where, condition, known);
            if (min < 0 || max + lanes > size)
            {
                var (low, high) = Bounds(InRemainders(where, condition), condition, known);
                (min, max) = (Int128.Max(min, low), Int128.Min(max, high));
            }

            if (IsOutside(min, max) && condition is not null && IndexEnumeration.Bounds(where, condition) is { } tried)
            {
                (min, max) = tried;
            }

            if (IsOutside(min, max) && IsLinear(index))
            {
                throw new TenonException(
                    "TEN1004",
                    $"{name}: {access.Op} of {Describe(param)} at {index}, which is {min + i} to {max + i + lanes / parts - 1}, can't be proved to lie in its {size} elements"
                    + (condition is null ? "" : $" where {condition}") + $". This is an error in Tenon; please report it with the kernel:\n{UOp.Sink(condition is null ? [index] : [index, condition]).Dump()}");
            }

            // An empty interval says that the gate is never true.
            bool IsOutside(Int128 least, Int128 greatest) => least <= greatest && (least + i < 0 || greatest + i + lanes / parts > size);
        }
    }

    private static long SizeOf(UOp storage) => storage.Memory.Arg is LocalArg local ? local.Size : storage.ArgAs<ParamArg>().Size;

    private static string Describe(UOp storage) => storage.Memory.Arg is LocalArg local ? $"local array {local.Number}" : $"slot {storage.ArgAs<ParamArg>().Slot}";

    // What multiplies or divides sizes by sizes is proved where it is easy, and otherwise believed.
    private static bool IsLinear(UOp index) =>
        !index.TopologicalOrder().Exists(u => u.Op is Ops.Mul or Ops.FloorDiv or Ops.FloorMod && u[0].Op != Ops.Const && u[1].Op != Ops.Const);

    private static (Int128 Min, Int128 Max) Bounds(UOp index, UOp? condition, Facts facts)
    {
        var (min, max) = facts.Bounds(index);
        var form = LinearForm.Of(index);
        if (min <= max && SizeRules.HasSymbolicLoop(form))
        {
            form = LinearForm.Of(WhereLoopsRun(index));
            foreach (var end in Ends(-1))
            {
                min = Int128.Max(min, facts.Bounds(end).Min);
            }

            foreach (var end in Ends(1))
            {
                max = Int128.Min(max, facts.Bounds(end).Max);
            }
        }

        return (min, max);

        // What a condition says of a loop may be more than where it ends.
        IEnumerable<UOp> Ends(int direction) =>
            SizeRules.Ends(form, direction, ofLiteralLength: false).Concat(condition is null ? [] : SizeRules.Ends(form, direction, ofLiteralLength: false, condition));
    }

    // k·x → k·m·(x / m) + k·(x mod m), for what a condition says of a remainder. The quotient may be one of which it says a remainder too.
    private static UOp InRemainders(UOp index, UOp? condition)
    {
        var form = LinearForm.Of(index);
        var remainders = condition?.TopologicalOrder().FindAll(static u => u.Op == Ops.FloorMod && u[1].IsConst(out var m) && m.AsLong > 0) ?? [];
        while (remainders.FindIndex(u => TimesIn(form, LinearForm.Of(u[0])) != 0) is >= 0 and var i)
        {
            var (u, k) = (remainders[i], TimesIn(form, LinearForm.Of(remainders[i][0])));
            form.AddScaled(u[0], -k);
            form.AddScaled(UOp.Alu(Ops.FloorDiv, u[0], u[1]), checked(k * ((Scalar)u[1].Arg!).AsLong));
            form.AddScaled(u, k);
            remainders.RemoveAt(i);
        }

        return form.ToUOp();
    }

    // How often all terms of one sum are in another.
    private static long TimesIn(LinearForm whole, LinearForm part)
    {
        long? times = null;
        foreach (var (term, factor) in part.Terms)
        {
            var found = 0L;
            foreach (var (other, f) in whole.Terms)
            {
                found = other == term ? f : found;
            }

            if (found == 0 || found % factor != 0 || (times is { } t && t != found / factor))
            {
                return 0;
            }

            times = found / factor;
        }

        return times ?? 0;
    }

    // A loop that runs has a length: variables that are factors of it are not 0.
    private static UOp WhereLoopsRun(UOp index)
    {
        var positive = new NodeMap<UOp>();
        foreach (var r in index.Ranges)
        {
            for (var size = r[0]; size.Op is Ops.Mul or Ops.Variable; size = size[0])
            {
                var factor = size.Op == Ops.Mul ? size[1] : size;
                if (factor is { Op: Ops.Variable, Min: 0 })
                {
                    positive.TryAdd(factor, UOp.Variable(factor.ArgAs<VariableArg>().Name, 1, factor.Max));
                }

                if (size.Op == Ops.Variable)
                {
                    break;
                }
            }
        }

        return positive.Count == 0 ? index : Simplifier.Simplify(index.Substitute(positive));
    }

    private static Facts Known(UOp? condition, NodeMap<Facts> facts)
    {
        if (condition is null)
        {
            return new Facts(null);
        }

        if (!facts.TryGetValue(condition, out var known))
        {
            facts[condition] = known = new Facts(condition);
        }

        return known;
    }

    // Lanes that are taken out of vectors, in terms of scalars.
    private static UOp WithoutExtract(UOp u)
    {
        var order = u.TopologicalOrder();
        if (!order.Exists(n => n.Op == Ops.Extract))
        {
            return u;
        }

        var done = new NodeMap<UOp>();
        foreach (var n in order)
        {
            var mapped = n.Op == Ops.Extract ? Lane(done[n[0]], n.ArgAs<int>()) : n.MapSources(done);
            done[n] = mapped == n ? n : Simplifier.SimplifyNode(mapped);
        }

        return done[u];
    }

    // One lane of a vector, in terms of scalars.
    private static UOp Lane(UOp u, int lane)
    {
        if (!u.DType.IsVector)
        {
            return u;
        }

        switch (u.Op)
        {
            case Ops.Const:
                return UOp.New(Ops.Const, u.DType.Scalar, [], u.Arg);
            case Ops.Splat:
                return u[0];
            case Ops.Stack:
                return u[lane];
            case Ops.Extract:
                return Lane(u[0], u.ArgAs<int>() + lane);
            default:
                var src = u.Src.ToArray();
                for (var i = 0; i < src.Length; i++)
                {
                    src[i] = Lane(src[i], lane);
                }

                return Simplifier.SimplifyNode(UOp.New(u.Op, u.DType.Scalar, src, u.Arg));
        }
    }
}
