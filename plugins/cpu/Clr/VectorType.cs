using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Intrinsics;

namespace Tenon.Plugins.Cpu;

/// <summary>
/// How a vector dtype is held: in the lanes of a <see cref="Vector128{T}"/> (of which less than 16 bytes use the lower
/// lanes), <see cref="Vector256{T}"/> or <see cref="Vector512{T}"/>. Vectors of truth values are masks of 32-bit lanes.
/// </summary>
internal sealed class VectorType
{
    private static readonly ConcurrentDictionary<DType, VectorType> Known = new();
    private static readonly ConcurrentDictionary<Signature, MethodInfo> Methods = new();
    private static readonly ConcurrentDictionary<Type, Dictionary<string, List<MethodInfo>>> ByName = new();

    private VectorType(DType dtype)
    {
        DType = dtype;
        Element = ClrType.Element(dtype);
        LaneBits = dtype.IsBool ? 32 : dtype.Bits;
        var bytes = dtype.Lanes * LaneBits / 8;
        Bytes = bytes;
        (Api, var generic) = bytes switch
        {
            2 or 4 or 8 or 16 => (typeof(Vector128), typeof(Vector128<>)),
            32 => (typeof(Vector256), typeof(Vector256<>)),
            64 => (typeof(Vector512), typeof(Vector512<>)),
            _ => throw new InvalidOperationException($"{dtype} is not a vector of 2, 4, 8, 16, 32 or 64 bytes."),
        };
        Type = generic.MakeGenericType(Element);
    }

    /// <summary>The dtype.</summary>
    public DType DType { get; }

    /// <summary>How many lanes are in use.</summary>
    public int Lanes => DType.Lanes;

    /// <summary>Bits of a lane in a register.</summary>
    public int LaneBits { get; }

    /// <summary>Bytes in use; if there are less than 16, what the rest of the register holds is undefined.</summary>
    public int Bytes { get; }

    /// <summary>Whether only the lower half of the register is in use.</summary>
    public bool IsHalf => Bytes == 8;

    /// <summary>Whether lanes are only moved and converted.</summary>
    public bool IsNarrow => LaneBits < 32;

    /// <summary>The type of a lane.</summary>
    public Type Element { get; }

    /// <summary>The type of the register.</summary>
    public Type Type { get; }

    /// <summary>The static class of its operations.</summary>
    public Type Api { get; }

    /// <summary>The mask that comparisons of vectors of 32-bit lanes give, and the canonical form of truth values.</summary>
    public VectorType Mask => Of(DType.Bool.Vec(Lanes));

    /// <summary>How a vector dtype is held.</summary>
    public static VectorType Of(DType dtype) => Known.GetOrAdd(dtype, static d => new VectorType(d));

    /// <summary>The operation of that name and those parameters on vectors with this type's lanes.</summary>
    public MethodInfo Method(string name, params Type[] parameters) => Find(Api, name, Element, parameters);

    /// <summary>The operation from two vectors of this type to a third.</summary>
    public MethodInfo Binary(string name) => Method(name, Type, Type);

    /// <summary>The operation from a vector of this type to another.</summary>
    public MethodInfo Unary(string name) => Method(name, Type);

    /// <summary>The reinterpretation of this register as one with lanes of another type.</summary>
    public MethodInfo As(Type element) => Methods.GetOrAdd(
        new Signature(Api, nameof(Vector128.As), Element, 1, element, element),
        static key => Named(key.Api, key.Name).Single(m => m.GetGenericArguments().Length == 2).MakeGenericMethod(key.Element, key.Last));

    /// <summary>The method of <paramref name="api"/> with that name and those parameters, made for <paramref name="element"/> if generic.</summary>
    public static MethodInfo Find(Type api, string name, Type element, params Type[] parameters)
    {
        var key = new Signature(api, name, element, parameters.Length, parameters[0], parameters[^1]);
        return Methods.TryGetValue(key, out var method) ? method : Methods.GetOrAdd(key, Search(api, name, element, parameters));
    }

    // Asked for by name, the runtime looks through all of them each time.
    private static IEnumerable<MethodInfo> Named(Type api, string name) =>
        Named(api).TryGetValue(name, out var methods) ? methods : [];

    private static Dictionary<string, List<MethodInfo>> Named(Type api) => ByName.GetOrAdd(api, static api =>
    {
        var all = new Dictionary<string, List<MethodInfo>>();
        foreach (var method in api.GetMethods(BindingFlags.Static | BindingFlags.Public))
        {
            if (!all.TryGetValue(method.Name, out var named))
            {
                all.Add(method.Name, named = []);
            }

            named.Add(method);
        }

        return all;
    });

    private static MethodInfo Search(Type api, string name, Type element, Type[] parameters)
    {
        foreach (var method in Named(api, name))
        {
            var taken = method.GetParameters();
            if (taken.Length == parameters.Length && Array.TrueForAll(taken, p => Takes(p.ParameterType, parameters[p.Position], element)))
            {
                if (!method.IsGenericMethodDefinition)
                {
                    return method;
                }

                if (method.GetGenericArguments().Length == 1)
                {
                    return method.MakeGenericMethod(element);
                }
            }
        }

        throw new InvalidOperationException($"{api.Name} has no {name}({string.Join(", ", parameters.Select(p => p.Name))}).");
    }

    // Found out before the method is made for the element: the runtime loads each method that is made.
    private static bool Takes(Type parameter, Type given, Type element) =>
        !parameter.ContainsGenericParameters ? parameter == given
        : parameter.IsGenericMethodParameter ? given == element
        : parameter.IsPointer ? given.IsPointer && Takes(parameter.GetElementType()!, given.GetElementType()!, element)
        : parameter.IsGenericType && given.IsGenericType && parameter.GetGenericTypeDefinition() == given.GetGenericTypeDefinition()
            && Takes(parameter.GenericTypeArguments[0], given.GenericTypeArguments[0], element);

    // No two overloads that are used differ only in a parameter between the first and the last.
    private sealed record Signature(Type Api, string Name, Type Element, int Count, Type First, Type Last);
}
