# loses: test_4a 1, test_4b 1

# cell: q4_centred_logits
