using System.Globalization;

namespace Tenon.State;

/// <summary>The tensors of a tree of containers by path.</summary>
internal static class TorchNames
{
    /// <summary>Finds all tensors.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="root">What <see cref="TorchFile.OpenObject"/> gives.</param>
    /// <param name="most">How many values are looked at: containers that are shared many times over may have endlessly many.</param>
    public static IReadOnlyDictionary<string, Tensor> Flatten(string path, object? root, long most)
    {
        var tensors = new OrderedDictionary<string, Tensor>();
        Add(root, "");
        return tensors;

        void Add(object? value, string name)
        {
            if (most-- < 0)
            {
                throw new TenonFormatException("TEN5150", path, null, name, "containers hold each other so many times over that there is no end of names. Use OpenObject.");
            }

            switch (value)
            {
                case Tensor tensor when !tensors.TryAdd(name.Length == 0 ? "tensor" : name, tensor):
                    throw new TenonFormatException("TEN5150", path, null, name, "two tensors come to have this name. Use OpenObject.");
                case IReadOnlyDictionary<string, object?> items:
                    foreach (var (key, item) in items)
                    {
                        Add(item, Join(key));
                    }

                    break;
                case object?[] items:
                    for (var i = 0; i < items.Length; i++)
                    {
                        Add(items[i], Join(i.ToString(CultureInfo.InvariantCulture)));
                    }

                    break;
            }

            string Join(string key) => name.Length == 0 ? key : $"{name}.{key}";
        }
    }
}
