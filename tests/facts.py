"""What is said after a prediction, by lesson: as it should be, whatever its key says."""

#: what a key works out anew and adds to its reply
FACTS = {
    "00": {
        "what rate 1.1 does": "It left at step 3.",
        "where after 20 steps": "After 5 steps it had come 0.29 nearer along x, and 1.34 along y.",
    },
    "01": {
        "the slope at h = 0.5": "The run fell from 1 to 0.5, the rise from 7.75 to 1.625.",
    },
    "02": {
        "two walks from one point": "At (1, 1) they are 15 and -4.",
        "where the steepest way down is": "From (3, -3) the steepest way down is (-3, 3), at 135°.",
        "where after four steps": (
            "Each step takes away 60 % of the distance in x, 20 % of that in y."
        ),
    },
    "03": {
        "how far y moves": (
            "Near x = 1, t moves 2 times as far as x, and y 3 times as far as t: 2 · 3 · 0.01"
            " = 0.06."
        ),
        "which weight moves the loss most": (
            "The derivatives of L: w₁ -2.39, b₁ -1.20, w₂ -0.47, b₂ -1.01."
        ),
        "the best h for the central difference": (
            "Typical errors at 10⁻², 10⁻⁵, 10⁻¹²: 3e-04, 3e-10, 8e-04."
        ),
    },
    "04": {
        "which change costs least": (
            "The loss grows by 1.00 with b alone, by 1.18 with w alone and by 0.20 with both."
        ),
        "the best b of the moved data": (
            "b is the guess at 0 on the axis. An average bill stands there now, and for it "
            "the best line guesses the mean tip. The best w stays 0.105, because the line has"
            " moved and not turned."
        ),
        "what a confident mistake adds": "All six parts add up to 3.51.",
    },
    "05": {
        "what rate 1 does": "x₀ to x₃: 4, 0, 4, 0.",
    },
    "06": {
        "where after ten steps": (
            "At 2.5 the slope is -1.40, so the first step goes right; the rule feels only "
            "that. Where the curve is steep the steps are long: x₃ is 4.36 already. Right of "
            "4.91 the curve rises and sends the run back."
        ),
        "what rate 1.0 does here": (
            "x₁ to x₆: 3.904, 7.418, 3.378, 6.896, 0.679, -0.477. At x₂ the slope is 4.04."
        ),
        "beside the deep minimum": (
            "The hops do not grow steadily: the first are 0.4, 1.1, 3.5, 0.5, 1.8, 1.1 long. "
            "Step 12 leads over the hill."
        ),
    },
    "07a": {
        "where on the surface": (
            "The ridge between the valleys runs along x = 0.86, and the start lies right of "
            "it. It is nearer to the left valley, 3.53 against 3.86 away. That does not count"
            " at a small rate, only the side of the ridge; and in y the way leads down to 0.5"
            " from both sides."
        ),
    },
    "07b": {
        "what the run does at rate 0.95": "y₀ to y₃: 2, -1.8, 1.62, -1.458.",
        "where rate 0.5 is after ten steps": (
            "The factor of y is 0, so y is done in one step. The factor of x is 0.95, and -7 "
            "· 0.95¹⁰ = -4.19: more than half of the way along the floor is still to go."
        ),
        "steps at condition number 200": (
            "Ten times the condition number, 9.9 times the steps: at κ = 200 each step leaves"
            " 199/201 of the distance, at κ = 20 it leaves 19/21."
        ),
    },
    "08": {
        "a batch from 100 times the data": "Batches of 16 of 244 are 2.3 off, and 2.4 of 24,400.",
        "what it does near the star": (
            "6 epochs in batches of 16 are 96 steps. With rate 0.1 it is 0.126 from the "
            "minimum in the last epoch, from 1.52."
        ),
        "lower at the same price": (
            "At the end the loss is 0.65 above its minimum with all data, and 0.005 with "
            "batches."
        ),
    },
    "09": {
        "what it does at the minimum": "It turns at 0.582, at step 6.",
        "where the best pair lies": (
            "It is rate 1.336, momentum 0.403, and leaves 0.635. Plain descent at its best "
            "needs 70 steps to come 1000 times closer, the best pair 21."
        ),
        "where momentum 0.95 ends": (
            "After 200 steps it is at -0.01, where the loss is 0.00. In the deep valleys it "
            "would be -4.81."
        ),
    },
    "10": {
        "what Nesterov's best pair leaves": (
            "Its best pair is rate 0.656, momentum 0.592, and leaves 0.744: 31 steps to come "
            "1000 times closer, momentum's best takes 21."
        ),
        "momentum on the corners": "Its last three points: -1.79, 2.10, 0.65.",
    },
    "11": {
        "where halving ends": "It ends at 2.780.",
        "which scheme mends a rate of 1.1": (
            "After 20 steps halving is at 79, the bold driver at 2.000."
        ),
        "what the wall does to AdaGrad": "In the 85 steps on the floor it moved 0.065.",
    },
    "12": {
        "RMSProp after the wall": "Steps 10, 60 and 120 are 0.0082, 0.11, 0.3 long.",
        "what ρ = 0 does": "The last two points: (-0.10, -0.10) and (0.20, 0.20).",
        "after step 54": "It is 0.0236.",
    },
    "13": {
        "the sign step after 30": (
            "x₂₃ to x₃₀: -0.1, 0.2, -0.1, 0.2, -0.1, 0.2, -0.1, 0.2. It walks in by 0.3 a "
            "step, also along the flat floor, and then jumps over the star for ever."
        ),
        "what a mean over |g| does": "The longest step is 10.5 × the rate.",
        "where the rare gradient leads": "x ends at 0.994.",
    },
    "14": {
        "NAdam's overshoot": "Adam reaches x = 1.42, NAdam 0.34.",
    },
    "15a": {
        "how many end lower than SGD": (
            "From the lowest: AdaGrad 0.00072, SGD 0.013, Momentum 0.048, Adam 0.1."
        ),
        "who notices the turn": (
            "AdaGrad's worst loss over the five starts: 5e-12 before, 0.06 turned by 45°."
        ),
    },
}

#: what is typed for an answer that is a number, and how the reply to it begins
TYPED = {
    "01": {
        "the slope at h = 0.5": {
            "7.75": "The slope stays",
            "3.875": "The slope halves",
            "15.5": "That is the old",
            "1.625": "That is the rise.",
            "0.25": "That is the slope",
        },
    },
    "02": {
        "slope of the steepest way up": {
            "6": "That is against",
            "8": "That adds two",
            "4": "That is the",
            "-4": "That adds the",
            "2": "That is along",
            "40": "That is 6²",
        },
    },
    "03": {
        "how far y moves": {
            "0.01": "That is how far x",
            "0.02": "That is how far t",
            "0.03": "That is the outer",
            "0.05": "That adds the",
            "1.06": "That is the new",
            "6": "That is the speed.",
        },
    },
    "04": {
        "the best b of the moved data": {
            "0.92": "That was the",
            "0": "Then the guess",
            "1": "That was about",
            "2.5": "2.5 is where",
            "19.79": "That is the",
        },
        "weights for a year": {
            "8": "Eight take 1.1",
            "10": "Ten take more",
            "2": "Two take 10,201",
            "16": "A year has",
            "17": "A year has",
        },
    },
    "06": {
        "where the colours meet": {
            "2.46": "That is half",
            "3.14": "There the height",
            "2.5": "A start there",
            "1.08": "There the left",
            "0": "That is the",
        },
    },
    "07a": {
        "steps from 4.5 away": {
            "654": "You added half",
            "1645.15": "You took the last factor,",
            "6054.82": "You took the last factor whole.",
        },
    },
    "07b": {
        "steps at condition number 200": {
            "70": "70 would mean",
            "221": "221 is √10",
            "7000": "7,000 is 100",
        },
    },
    "08": {
        "how far off a batch of 16 is": {
            "1.2": "That divides by 4.",
            "4.8": "Then more examples",
            "0.3": "That divides by 16:",
        },
    },
    "09": {
        "how long step 60 is": {
            "0.1": "0.1 is the",
            "0.19": "0.19 is step",
            "6": "6 would be",
            "0.9": "0.9 is the",
        },
    },
    "11": {
        "how far on a constant slope": {
            "10.4": "10.4 would be",
            "2.6": "That would be",
        },
    },
    "12": {
        "the length of the first step": {
            "0.3": "0.3 is AdaGrad's:",
            "3.03": "That is SGD:",
            "0.15": "That multiplies by",
            "1.2": "That divides by",
            "0.346": "r starts at",
        },
    },
    "13": {
        "the sign step after 30": {
            "2": "That is 30",
            "0": "It cannot stand",
            "-0.1": "It is there",
            "-6.7": "That is one",
        },
        "the first step of stage 3": {
            "1": "That is the",
            "0.1": "m is a",
            "31.6": "The divisor is",
            "100": "The quotient of",
            "0.316": "Upside down: m",
            "0.9": "After one step",
        },
        "m after ten steps": {
            "1": "1 is what",
            "0.349": "0.9¹⁰ = 0.349",
            "0.9": "0.9 is the",
            "0.1": "That is m",
        },
    },
    "15a": {
        "how often Adam ends lowest": {
            "4": "It is popular",
            "3": "It is popular",
            "2": "Too much honour,",
            "1": "Nearly. See the",
        },
    },
}
