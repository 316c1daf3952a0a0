using System.Collections;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>The default generator, and another that is looked for only when somebody goes past the first: that takes a while.</summary>
internal sealed class GeneratorList(CodeGenerator first, Func<CodeGenerator?> find) : IReadOnlyList<CodeGenerator>
{
    private readonly Lazy<CodeGenerator?> _second = new(find);

    /// <inheritdoc/>
    public int Count => _second.Value is null ? 1 : 2;

    /// <inheritdoc/>
    public CodeGenerator this[int index] => index == 0 ? first
        : index == 1 && _second.Value is { } second ? second
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {Count} code generators.");

    /// <inheritdoc/>
    public IEnumerator<CodeGenerator> GetEnumerator()
    {
        yield return first;
        if (_second.Value is { } second)
        {
            yield return second;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
