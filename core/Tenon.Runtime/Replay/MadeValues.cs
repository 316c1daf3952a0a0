using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>What kernels have made of storage, for as long as somebody holds it: whoever would make the same of it finds it here.</summary>
internal sealed class MadeValues
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(UOp Kernel, string Device, string Sources), WeakReference<Storage>> _made = [];

    /// <summary>What a kernel has made.</summary>
    /// <param name="key">The kernel, where it ran, and what it read: storage and versions by parameter.</param>
    public Storage? Find((UOp Kernel, string Device, string Sources) key)
    {
        lock (_lock)
        {
            return _made.TryGetValue(key, out var made) && made.TryGetTarget(out var storage) ? storage : null;
        }
    }

    /// <summary>Remembers what a kernel has made.</summary>
    public void Add((UOp Kernel, string Device, string Sources) key, Storage storage)
    {
        lock (_lock)
        {
            foreach (var (old, made) in _made)
            {
                if (!made.TryGetTarget(out _))
                {
                    _made.Remove(old);
                }
            }

            _made[key] = new WeakReference<Storage>(storage);
        }
    }
}
