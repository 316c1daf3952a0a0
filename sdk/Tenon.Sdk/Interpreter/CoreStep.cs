using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Interpreter;

/// <summary>
/// A tensor core's product: the matrices are put together from what the lanes hold, or from local memory, multiplied element by element with each
/// sum rounded to the accumulator's dtype, and given to the lanes again.
/// </summary>
internal sealed class CoreStep : Step
{
    private readonly TensorCore _core;
    private readonly Lockstep _lockstep;
    private readonly Site _site;
    private readonly Operand _a;
    private readonly Operand _b;
    private readonly Operand _c;
    private readonly ElementType _type;
    private readonly WideValues _result;
    private readonly Register _target;

    /// <param name="core">Which.</param>
    /// <param name="lockstep">Its lanes.</param>
    /// <param name="site">Where it is.</param>
    /// <param name="values">What lanes hold of A, B and C; null for what is in local memory.</param>
    /// <param name="accesses">Where in local memory A and B are; null for what lanes hold.</param>
    /// <param name="target">What lanes hold of D.</param>
    public CoreStep(TensorCore core, Lockstep lockstep, Site site, Register?[] values, MemoryAccess?[] accesses, Register target)
    {
        (_core, _lockstep, _site, _target) = (core, lockstep, site, target);
        _a = new Operand(this, "A", core.A, CoreAxis.M, CoreAxis.K, core.Input, values[0], accesses[0]);
        _b = new Operand(this, "B", core.B, CoreAxis.K, CoreAxis.N, core.Input, values[1], accesses[1]);
        _c = new Operand(this, "C", core.C, CoreAxis.M, CoreAxis.N, core.Accumulator, values[2], null);
        _type = ElementType.Of(core.Result);
        _result = new WideValues(lockstep.Width * core.C.Elements, core.Result.IsFloat, areUnsigned: false);
    }

    public override void Run()
    {
        _a.Begin();
        _b.Begin();
        _c.Begin();
        for (var first = 0; first < _lockstep.Width; first += _core.Lanes)
        {
            if (_lockstep.IsOn.AsSpan(first, Math.Min(_core.Lanes, _lockstep.Width - first)).Contains(true))
            {
                Multiply(first);
            }
        }

        _type.Narrow(_result, _target);
    }

    private void Multiply(int first)
    {
        if (first % _lockstep.LanesPerGroup + _core.Lanes > _lockstep.LanesPerGroup || _lockstep.IsOn.AsSpan(first, _core.Lanes).Contains(false))
        {
            throw _lockstep.Fault("TEN4211", _site, first, $"the tensor core {_core} needs {_core.Lanes} lanes of a group together; some are missing, or have left the loop.");
        }

        var (a, b, c) = (_a.Gather(first), _b.Gather(first), _c.Gather(first));
        var d = new double[_core.M, _core.N];
        for (var m = 0; m < _core.M; m++)
        {
            for (var n = 0; n < _core.N; n++)
            {
                var sum = c[m, n];
                for (var k = 0; k < _core.K; k++)
                {
                    sum = Rounded(_core.Accumulator, sum + (a[m, k] * b[k, n]));
                }

                d[m, n] = sum;
            }
        }

        for (var lane = 0; lane < _core.Lanes; lane++)
        {
            for (var e = 0; e < _core.C.Elements; e++)
            {
                var (value, at) = (d[_core.C.IndexOf(CoreAxis.M, lane, e), _core.C.IndexOf(CoreAxis.N, lane, e)], ((first + lane) * _core.C.Elements) + e);
                if (_result.AreReal)
                {
                    _result.Reals[at] = value;
                }
                else
                {
                    _result.Integers[at] = (long)value;
                }
            }
        }
    }

    // Sums of products of narrow integers are exact as doubles.
    private static double Rounded(DType dtype, double value) =>
        dtype == DType.Float32 ? (float)value
        : dtype == DType.Float16 ? (double)(Half)value
        : dtype == DType.BFloat16 ? (float)(BFloat16)(float)value
        : dtype == DType.Int32 ? (int)(long)value
        : value;

    /// <summary>One of the matrices.</summary>
    private sealed class Operand
    {
        private readonly CoreStep _step;
        private readonly string _name;
        private readonly FragmentLayout _layout;
        private readonly CoreAxis _row;
        private readonly CoreAxis _column;
        private readonly DType _dtype;
        private readonly ElementType _type;
        private readonly Register? _register;
        private readonly MemoryAccess? _access;
        private readonly WideValues _wide;
        private readonly double[,] _matrix;
        private readonly bool[] _seen;

        public Operand(CoreStep step, string name, FragmentLayout layout, CoreAxis row, CoreAxis column, DType dtype, Register? register, MemoryAccess? access)
        {
            (_step, _name, _layout, _row, _column, _dtype, _access) = (step, name, layout, row, column, dtype, access);
            _type = ElementType.Of(dtype.Stored);

            // The elements of a local array are read one by one.
            _register = register ?? _type.CreateRegister(dtype.Stored, layout.Elements);
            _wide = _type.CreateWide(access is null ? step._lockstep.Width * layout.Elements : layout.Elements);
            _matrix = new double[step._core.SizeOf(row), step._core.SizeOf(column)];
            _seen = new bool[_matrix.Length];
        }

        public void Begin()
        {
            if (_access is null)
            {
                _type.Widen(_register!, _wide);
            }
        }

        public double[,] Gather(int first)
        {
            if (_access is { } access)
            {
                ReadLocal(access, first);
            }

            var lanes = _access is null ? _step._core.Lanes : 1;
            Array.Clear(_seen);
            for (var lane = 0; lane < lanes; lane++)
            {
                for (var e = 0; e < _layout.Elements; e++)
                {
                    var (row, column) = (_layout.IndexOf(_row, lane, e), _layout.IndexOf(_column, lane, e));
                    var value = Value((_access is null ? (first + lane) * _layout.Elements : 0) + e);
                    if (_seen[(row * _matrix.GetLength(1)) + column] && !value.Equals(_matrix[row, column]))
                    {
                        throw _step._lockstep.Fault("TEN4211", _step._site, first + lane, $"holds {value} as row {row}, column {column} of {_name} of the tensor core {_step._core}, of which another lane holds {_matrix[row, column]}.");
                    }

                    _seen[(row * _matrix.GetLength(1)) + column] = true;
                    _matrix[row, column] = value;
                }
            }

            return _matrix;
        }

        // All lanes read all of it.
        private void ReadLocal(MemoryAccess access, int first)
        {
            var bytes = _register!.Bytes;
            for (var lane = first; lane < first + _step._core.Lanes; lane++)
            {
                if (access.Index[lane] != access.Index[first])
                {
                    throw _step._lockstep.Fault("TEN4211", _step._site, lane, $"has {_name} of the tensor core {_step._core} at element {access.Index[lane]}, another lane at {access.Index[first]}.");
                }

                var at = access.Locate(lane, access.Index[lane], _layout.Elements);
                access.Region.OnRead(access, lane, at, bytes.Length);
                access.Region.Bytes.AsSpan(at, bytes.Length).CopyTo(bytes);
            }

            _type.Widen(_register, _wide);
        }

        private double Value(int i)
        {
            if (_dtype.Format is { } format && !_dtype.IsNative)
            {
                return format.Decode((uint)_wide.Integers[i]);
            }

            var value = _wide.AreReal ? _wide.Reals[i] : _wide.Integers[i];
            return _step._core.FractionBits is { } bits && _name != "C" ? Shortened((float)value, bits) : value;
        }

        // To nearest even: adding carries into the exponent as it should.
        private static float Shortened(float value, int fractionBits)
        {
            var (bits, lost) = (BitConverter.SingleToUInt32Bits(value), 23 - fractionBits);
            return float.IsFinite(value) ? BitConverter.UInt32BitsToSingle((bits + (1u << (lost - 1)) - 1 + (bits >> lost & 1)) & ~((1u << lost) - 1)) : value;
        }
    }
}
