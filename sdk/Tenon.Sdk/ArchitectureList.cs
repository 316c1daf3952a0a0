using Tenon.Core.Backend;

namespace Tenon.Sdk;

/// <summary>The architectures of a family by name.</summary>
internal sealed class ArchitectureList<T>(string family, params T[] all)
    where T : class
{
    /// <summary>All of them, the usual one first.</summary>
    public IReadOnlyList<T> All { get; } = all;

    /// <summary>The architecture of that name.</summary>
    /// <exception cref="BackendException">There is none.</exception>
    public T Find(string name, Func<T, string> nameOf)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(a => nameOf(a).Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new BackendException("TEN4250", $"'{name}' is not an architecture of {family} that is known. Known: {string.Join(", ", All.Select(nameOf))}.");
    }
}
