namespace Tenon.Sdk.Interpreter;

/// <summary>A loop: lanes whose count is reached are off until all have left it.</summary>
internal sealed class Loop(Lockstep lockstep, Func<int, long> size, Action<long> setCounter, Step[] body) : Step
{
    private readonly bool[] _isOn = new bool[lockstep.Width];
    private readonly long[] _sizes = new long[lockstep.Width];

    public override void Run()
    {
        var (least, most) = (long.MaxValue, 0L);
        for (var lane = 0; lane < _sizes.Length; lane++)
        {
            _sizes[lane] = lockstep.IsOn[lane] ? size(lane) : 0;
            if (lockstep.IsOn[lane])
            {
                (least, most) = (Math.Min(least, _sizes[lane]), Math.Max(most, _sizes[lane]));
            }
        }

        for (var i = 0L; i < Math.Min(least, most); i++)
        {
            Turn(i);
        }

        if (least >= most)
        {
            return;
        }

        var before = lockstep.Switch(_isOn, areAllOn: false);
        for (var i = Math.Max(0, least); i < most; i++)
        {
            for (var lane = 0; lane < _sizes.Length; lane++)
            {
                _isOn[lane] = i < _sizes[lane];
            }

            Turn(i);
        }

        lockstep.Switch(before.IsOn, before.AreAllOn);
    }

    private void Turn(long i)
    {
        setCounter(i);
        foreach (var step in body)
        {
            step.Run();
        }
    }
}
