using System.Collections;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>The default generator, and others that are looked for only when somebody goes past the first: that takes a while.</summary>
internal sealed class GeneratorList(CodeGenerator first, params Func<CodeGenerator?>[] others) : IReadOnlyList<CodeGenerator>
{
    private readonly Lazy<CodeGenerator[]> _others = new(() => [.. others.Select(find => find()).OfType<CodeGenerator>()]);

    /// <inheritdoc/>
    public int Count => 1 + _others.Value.Length;

    /// <inheritdoc/>
    public CodeGenerator this[int index] => index == 0 ? first
        : index > 0 && index < Count ? _others.Value[index - 1]
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {Count} code generators.");

    /// <inheritdoc/>
    public IEnumerator<CodeGenerator> GetEnumerator()
    {
        yield return first;
        foreach (var other in _others.Value)
        {
            yield return other;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
